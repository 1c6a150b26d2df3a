{{ config(materialized='ephemeral') }}

{% set factors = case_mix_factors() %}
{% set sums = ['long_n', 'long_y', 'long_yy', 'short_n', 'short_y'] %}
{% set this_week = week_number(as_of_date()) %}

with

cells as (

    select * from {{ ref('int_case_mix_cells') }}

),

weeks as (

    {{ number_spine('bounds.first_week', 'bounds.last_week', 'fit_week') }}
    from (
        select
            greatest(min(event_week), {{ first_fit_week() }}) as first_week,
            {{ this_week }} as last_week
        from cells
    ) as bounds

),

entries as (

    -- what was known long ago is known in the first week too
    select
        greatest(event_week, {{ first_fit_week() }}) as event_week,
        {{ factors | join(', ') }},
        {{ case_mix_sums() | join(', ') }}
    from cells
    where event_week <= {{ this_week }}
    union all
    select distinct
        weeks.fit_week as event_week,
        {{ factors | join(', ') }},
        {{ zeros(case_mix_sums()) }}
    from cells
    cross join weeks

),

summed as (

    select
        event_week as fit_week,
        {{ factors | join(', ') }},
    {% for name in case_mix_sums() %}
        sum({{ name }}) as {{ name }}{{ ',' if not loop.last }}
    {% endfor %}
    from entries
    group by event_week, {{ factors | join(', ') }}

),

cumulated {{ as_kept() }} (

    select
        fit_week,
        {{ factors | join(', ') }},
    {% for name in case_mix_sums() %}
        sum({{ name }}) over history
        * power(2.0, ({{ this_week }} - fit_week) / {{ memory_weeks(name) }})
            as {{ name }}{{ ',' if not loop.last }}
    {% endfor %}
    from summed
    window
        history as (
            partition by {{ factors | join(', ') }}
            order by fit_week
            rows between unbounded preceding and current row
        )

),

-- one row for each outcome, cell and week: what was known of the cell at the start of the week
known as (

    {% for outcome in outcomes('x', 'x') %}
        select
            '{{ outcome }}' as outcome,
            fit_week,
            {{ factors | join(', ') }},
        {% for name in sums %}
            {{ outcome }}_{{ name }} as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
        from cumulated
        where {{ outcome }}_long_n > 0.01
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from known
