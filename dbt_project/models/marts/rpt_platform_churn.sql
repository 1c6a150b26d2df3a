{{ config(tags=['nightly']) }}

{% set z = 1.645 %}
{% set last_known_day = days_before(week_start(last_closed_week() ~ ' - 3'), 1) %}

with

events as (

    select
        'student_after_first_session' as measure,
        left_on as event_date,
        is_after_first_session as is_event
    from {{ ref('int_student_departures') }}
    union all
    select
        'student_first_session_poor' as measure,
        left_on as event_date,
        is_first_session_poor as is_event
    from {{ ref('int_student_departures') }}
    union all
    select
        'student_after_poor_first_session' as measure,
        left_on as event_date,
        is_after_first_session and is_first_session_poor as is_event
    from {{ ref('int_student_departures') }}
    union all
    select
        'replacement_after_no_show' as measure,
        last_date as event_date,
        is_after_no_show as is_event
    from {{ ref('int_tutor_replacements') }}
    {% for person in ['student', 'tutor'] %}
        union all
        select
            '{{ person }}_week_last' as measure,
            week_end as event_date,
            coalesce(left_on <= week_end, false) as is_event
        from {{ ref('int_' ~ person ~ '_risk_weeks') }}
        where idle_weeks = 0
    {% endfor %}

),

shares as (

    {% for name, words in {
        'student_after_first_session': 'Students who left: after their first session with the tutor',
        'student_first_session_poor': 'Students who left: first session with that tutor was poor',
        'student_after_poor_first_session': 'Students who left: after a first session that was poor',
        'replacement_after_no_show': 'Tutors replaced: after a session the tutor missed',
        'student_week_last': 'Weeks with sessions of a student: the last before leaving',
        'tutor_week_last': 'Weeks with sessions of a tutor: the last before leaving',
    }.items() %}
        select
            '{{ name }}' as measure,
            '{{ words }}' as measure_text
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

counted as (

    {% for days in [90, 365] %}
        select
            shares.measure,
            shares.measure_text,
            {{ days }} as window_days,
            {{ count_if('is_event') }} as event_count,
            count(events.measure) as trial_count
        from shares
        left join events
            on
                shares.measure = events.measure
                and events.event_date <= {{ last_known_day }}
                and events.event_date > {{ days_before(last_known_day, days) }}
        group by 1, 2
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

rpt_platform_churn as (

    select
        *,
        {{ enough_state('trial_count') }} as state,
        cast(event_count as double) / nullif(trial_count, 0) as rate,
        {{ wilson_bound('event_count', 'trial_count', -z) }} as rate_low,
        {{ wilson_bound('event_count', 'trial_count', z) }} as rate_high,
        {{ last_known_day }} as known_through,
        {{ as_of() }} as as_of
    from counted

)

select * from rpt_platform_churn
