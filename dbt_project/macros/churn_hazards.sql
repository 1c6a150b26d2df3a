-- CTEs from `risk_weeks` to `hazards`: for each week shown and each cell of its four factors the
-- chance to leave, learnt from weeks whose outcome was known by then. A cell is drawn towards the
-- one without its last factor, the more the less cells there differ beyond chance.
{% macro churn_hazards(factors) %}
{% set cell = factors | join(', ') %}
cells as (

    select
        week_number,
        {{ cell }},
        count(*) as known_count,
        {{ count_if('left_within_1_week') }} as left_1_count,
        {{ count_if('left_within_4_weeks') }} as left_4_count
    from risk_weeks
    where is_known
    group by week_number, {{ cell }}

),

shown as (

    select distinct
        week_number,
        {{ cell }}
    from risk_weeks
    where week_number > {{ last_closed_week() }} - {{ retention_var('churn_history_weeks') }}

),

shown_weeks as (

    select distinct week_number from shown

),

learnt as (

    select
        shown_weeks.week_number,
        {{ cell }},
        known_count,
        left_1_count,
        left_4_count
    from shown_weeks
    inner join cells
        on
            shown_weeks.week_number - {{ known_after_weeks() }} >= cells.week_number
            and shown_weeks.week_number - {{ known_after_weeks() }}
            - {{ retention_var('churn_memory_weeks') }} < cells.week_number
    union all
    -- a cell that was never seen before takes the chance of the one above it
    select
        week_number,
        {{ cell }},
        0 as known_count,
        0 as left_1_count,
        0 as left_4_count
    from shown

),

leaves as (

    {% for weeks in [1, 4] %}
        select
            week_number,
            {{ weeks }} as horizon_weeks,
            {{ cell }},
            cast(sum(known_count) as double) as trials,
            cast(sum(left_{{ weeks }}_count) as double) as events
        from learnt
        group by week_number, {{ cell }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

level_0 as (

    select
        week_number,
        horizon_weeks,
        sum(events) as departure_count,
        sum(events) / nullif(sum(trials), 0) as chance_0,
        sum(trials) as evidence
    from leaves
    group by week_number, horizon_weeks

),

{% for factor in factors %}
    {{ churn_level(loop.index, ['week_number', 'horizon_weeks'] + factors[:loop.index0], factor) }},
{% endfor %}

hazards as (

    select
        week_number,
        {{ cell }},
        least(
            max(case when horizon_weeks = 1 then chance_4 end),
            max(case when horizon_weeks = 4 then chance_4 end)
        ) as weekly_hazard,
        {% for column in ['chance_0', 'chance_1', 'chance_2', 'chance_3', 'chance_4'] %}
            max(case when horizon_weeks = 4 then {{ column }} end) as {{ column }},
        {% endfor %}
        max(evidence) as evidence,
        cast(max(trials) as bigint) as known_count,
        cast(max(departure_count) as bigint) as departure_count
    from level_4
    group by week_number, {{ cell }}

)
{% endmacro %}
