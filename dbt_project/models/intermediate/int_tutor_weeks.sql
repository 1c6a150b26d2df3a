{{ config(tags=['nightly']) }}

with

sessions as (

    {{ churn_sessions() }}

),

tutor_weeks as (

    select
        sessions.tutor_id,
        sessions.week_number,
        min(case when is_activity then sessions.session_date end) as first_date,
        max(case when is_activity then sessions.session_date end) as last_date,
        {{ count_if('is_activity') }} as session_count,
        {{ count_if("status = 'rescheduled' and is_tutor_caused") }} as tutor_reschedule_count,
        {{ count_if('student_rating is not null') }} as rating_count,
        cast(coalesce(sum(student_rating), 0) as bigint) as rating_sum,
        min(tutors.started_on) as started_on,
        max(tutors.left_on) as profile_left_on
    from sessions
    left join {{ ref('dim_tutors') }} as tutors
        on sessions.tutor_id = tutors.tutor_id
    group by 1, 2

)

select * from tutor_weeks
