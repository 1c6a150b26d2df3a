-- CTEs from `risk_weeks` to `hazards`: for each week shown and each cell of its four factors the
-- chance to leave, learnt from weeks whose outcome was known by then. A cell is drawn towards the
-- one without its last factor, the more the less cells there differ beyond chance.
{% macro churn_hazards(factors) %}
{% set cell = factors | join(', ') %}
{{ churn_leaves(cell) }},

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
