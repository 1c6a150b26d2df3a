-- CTEs from `spine` to `risk_weeks`: spells of activity, how long each has lasted, and whether the
-- person left within a week or four.
{% macro churn_spells(person, since) %}
spells as (

    select
        spine.*,
        {% for count in since %}
            sum(coalesce(later.{{ count }}, 0)) over since_active as {{ count }}_since,
        {% endfor %}
        sum(
            case
                when idle_weeks > 0 or days_before <= {{ retention_var('churn_silence_days') }} then 0
                else 1
            end
        ) over up_to_week as spell,
        min(case when is_last then spine.last_date end) over from_week as left_on
    from spine
    left join weeks as later
        on
            spine.{{ person }} = later.{{ person }}
            and spine.risk_week = later.week_number
    window
        since_active as (
            partition by spine.{{ person }}, spine.week_number order by risk_week
            rows unbounded preceding
        ),
        up_to_week as (partition by spine.{{ person }} order by risk_week rows unbounded preceding),
        from_week as (
            partition by spine.{{ person }} order by risk_week
            rows between current row and unbounded following
        )

),

started as (

    select
        spells.*,
        week_number - min(week_number) over (partition by {{ person }}, spell) as tenure_weeks,
        {{ days_before(week_start('risk_week'), -6) }} as week_end,
        risk_week + {{ known_after_weeks() }} <= {{ last_closed_week() }} as is_known
    from spells

),

risk_weeks as (

    select
        started.*,
        4.0 * earlier_session_count / least(12, greatest(tenure_weeks - 3, 1)) as usual_session_count,
        case
            when is_known then coalesce({{ days_between('week_end', 'left_on') }} <= 7, false)
        end as left_within_1_week,
        case
            when is_known then coalesce({{ days_between('week_end', 'left_on') }} <= 28, false)
        end as left_within_4_weeks
    from started

)
{% endmacro %}
