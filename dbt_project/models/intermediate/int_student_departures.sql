{{ config(tags=['nightly']) }}

with

departures as (

    select distinct
        student_id,
        left_on
    from {{ ref('int_student_risk_weeks') }}
    where
        {{ week_number('left_on') }} + 4 <= {{ last_closed_week() }}

),

last_sessions as (

    select
        departures.student_id,
        departures.left_on,
        sessions.session_id,
        sessions.tutor_id,
        row_number() over (
            partition by departures.student_id, departures.left_on
            order by sessions.scheduled_start desc, sessions.session_id desc
        ) as recency
    from departures
    inner join {{ ref('fct_sessions') }} as sessions
        on
            departures.student_id = sessions.student_id
            and departures.left_on = sessions.session_date
    where sessions.status in ('completed', 'no_show', 'scheduled')

),

student_departures as (

    select
        last_sessions.student_id,
        last_sessions.left_on,
        last_sessions.tutor_id,
        coalesce(last_sessions.session_id = first_sessions.session_id, false)
            as is_after_first_session,
        coalesce(first_sessions.is_poor, false) as is_first_session_poor
    from last_sessions
    left join {{ ref('fct_first_sessions') }} as first_sessions
        on
            last_sessions.student_id = first_sessions.student_id
            and last_sessions.tutor_id = first_sessions.tutor_id
    where last_sessions.recency = 1

)

select * from student_departures
