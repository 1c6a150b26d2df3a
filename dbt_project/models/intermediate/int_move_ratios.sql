{{ config(tags='nightly') }}

{% set this_month = month_number(as_of_date()) %}
{% set memory = var('move_memory_months') %}
{% set weight = 'power(2.0, (event_month - ' ~ this_month ~ ') / ' ~ memory ~ '.0)' %}

with

versions as (

    select * from {{ ref('int_version_risks') }}

),

changes as (

    {{ changes_of('versions') }}

),

-- counted from the month after
events as (

    select
        moves_before,
        {{ month_number('changed_on') }} + 1 as event_month,
        sum(sign * observed) as observed,
        sum(sign * probability) as expected
    from changes
    group by 1, 2

),

months as (

    {{ number_spine('bounds.first_month', this_month, 'fit_month') }}
    from (
        select greatest(min(event_month), {{ first_fit_month() }}) as first_month from events
    ) as bounds

),

levels as (

    select distinct moves_before from events

),

entries as (

    select * from events
    where event_month <= {{ this_month }}
    union all
    select
        levels.moves_before,
        months.fit_month as event_month,
        0 as observed,
        0 as expected
    from months
    cross join levels

),

counted as (

    select distinct
        moves_before,
        event_month as fit_month,
        sum(observed * {{ weight }}) over history / {{ weight }} as observed,
        sum(expected * {{ weight }}) over history / {{ weight }} as expected
    from entries
    window history as (
        partition by moves_before
        order by event_month
        range between unbounded preceding and current row
    )

),

ratios as (

    select
        *,
        (observed + {{ var('move_prior') }}) / (expected + {{ var('move_prior') }}) as move_ratio
    from counted
    where fit_month >= {{ first_fit_month() }}

)

select * from ratios
