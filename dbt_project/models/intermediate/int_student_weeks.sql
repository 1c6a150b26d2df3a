{{ config(tags=['nightly']) }}

with

sessions as (

    {{ churn_sessions() }}

),

poor_first_sessions as (

    select session_id from {{ ref('fct_first_sessions') }}
    where is_poor

),

student_weeks as (

    select
        sessions.student_id,
        sessions.week_number,
        min(case when is_activity then sessions.session_date end) as first_date,
        max(case when is_activity then sessions.session_date end) as last_date,
        {{ count_if('is_activity') }} as session_count,
        {{ count_if('is_tutor_no_show') }} as tutor_no_show_count,
        {{ count_if('poor_first_sessions.session_id is not null') }} as poor_first_session_count,
        {{ count_if("status = 'rescheduled' and is_tutor_caused") }} as tutor_reschedule_count,
        {{ count_if("status = 'no_show' and caused_by = 'student'") }} as student_absence_count,
        {{ count_if('student_rating is not null') }} as rating_count,
        cast(coalesce(sum(student_rating), 0) as bigint) as rating_sum
    from sessions
    left join poor_first_sessions
        on sessions.session_id = poor_first_sessions.session_id
    group by 1, 2

)

select * from student_weeks
