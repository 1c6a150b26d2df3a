-- What the churn of students and of tutors have in common: weeks, silence, spells, leaving.

-- A row's outcome is known when four weeks to leave in and four of silence have passed.
{% macro known_after_weeks() -%}
    8
{%- endmacro %}

-- How far back sessions are read: the weeks shown, those that their hazards are learnt from, those
-- that these wait to be known, and those that each row looks back to.
{% macro churn_lookback_weeks() -%}
    ({{ retention_var('churn_history_weeks') }} + {{ retention_var('churn_memory_weeks') }}
    + {{ known_after_weeks() }} + 26)
{%- endmacro %}

-- Sessions of closed weeks that a churn model looks at. A slot without an outcome counts as one
-- that took place: nobody is silent whose company has not yet told.
{% macro churn_sessions() -%}
    select
        *,
        {{ week_number('session_date') }} as week_number,
        status in ('completed', 'no_show', 'scheduled') as is_activity
    from {{ ref('fct_sessions') }}
    where
        session_date >= {{ week_start(last_closed_week() ~ ' - ' ~ churn_lookback_weeks()) }}
        and session_date < {{ week_start(last_closed_week() ~ ' + 1') }}
{%- endmacro %}

-- CTEs from `weeks` to `risk_weeks`: one row per person and week until four weeks of silence.
--   recent: counts told of the four weeks up to the last active one, and of the twelve before
--   since: counts told of the last active week and the silent ones after it
--   leaves: what must hold besides 28 days of silence
{% macro risk_weeks(person, recent, since, leaves='true') %}
windowed as (

    select
        weeks.*,
        {% for count in recent %}
            sum({{ count }}) over recent as recent_{{ count }},
            coalesce(sum({{ count }}) over earlier, 0) as earlier_{{ count }}{{ ',' if not loop.last }}
        {% endfor %}
    from weeks
    window
        recent as (
            partition by {{ person }} order by week_number
            range between 3 preceding and current row
        ),
        earlier as (
            partition by {{ person }} order by week_number
            range between 15 preceding and 4 preceding
        )

),

active_weeks as (

    select
        windowed.*,
        {{ days_between('last_date', 'lead(first_date) over of_person') }} as days_after,
        {{ days_between('lag(last_date) over of_person', 'first_date') }} as days_before,
        lead(week_number) over of_person as next_week
    from windowed
    where session_count > 0
    window of_person as (partition by {{ person }} order by week_number)

),

idle as (

    select 0 as idle_weeks
    union all
    select 1 as idle_weeks
    union all
    select 2 as idle_weeks
    union all
    select 3 as idle_weeks

),

spine as (

    select
        active_weeks.*,
        idle.idle_weeks,
        active_weeks.week_number + idle.idle_weeks as risk_week,
        coalesce(days_after > {{ retention_var('churn_silence_days') }}, true) and ({{ leaves }}) as is_last
    from active_weeks
    cross join idle
    where
        active_weeks.week_number + idle.idle_weeks < coalesce(next_week, {{ last_closed_week() }} + 1)
        and active_weeks.week_number + idle.idle_weeks <= {{ last_closed_week() }}

),

{{ churn_spells(person, since) }}
{% endmacro %}
