-- CTEs from `risk_weeks` to `leaves`: for each week shown and each cell of the factors how many were
-- at risk in the weeks whose outcome was known by then, and how many of them left.
{% macro churn_leaves(cell) %}
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

)
{% endmacro %}
