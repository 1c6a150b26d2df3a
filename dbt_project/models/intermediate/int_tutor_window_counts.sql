{{ config(materialized='ephemeral') }}

with

counted as (

    select
        tutor_id,
        cast(sum(session_count) as bigint) as session_count,
        cast(sum(tutor_reschedule_count + tutor_cancellation_count) as bigint)
            as tutor_change_count,
        cast(sum(short_notice_count) as bigint) as short_notice_count,
        cast(sum(due_count) as bigint) as due_count,
        cast(sum(attendance_incident_count) as bigint) as attendance_incident_count,
        cast(sum(tutor_no_show_count) as bigint) as tutor_no_show_count,
        cast(sum(rating_count) as bigint) as rating_count,
        cast(sum(completed_count) as bigint) as completed_count,
        cast(sum(judged_first_session_count) as bigint) as judged_first_session_count,
        cast(sum(poor_first_session_count) as bigint) as poor_first_session_count,
        cast(sum(platform_caused_count) as bigint) as platform_caused_count,
        cast(sum(student_caused_count) as bigint) as student_caused_count
    from {{ ref('fct_tutor_days') }}
    where
        session_date
        between {{ days_before(as_of_date(), var('window_days') | int - 1) }}
        and {{ as_of_date() }}
    group by 1

),

expected as (

    select
        tutor_id,
        sum(reliability_e) as expected_change_count,
        sum(attendance_e) as expected_incident_count,
        sum(first_sessions_e) as expected_poor_first_session_count
    from {{ ref('int_tutor_outcome_days') }}
    where
        session_date
        between {{ days_before(as_of_date(), var('window_days') | int - 1) }}
        and {{ as_of_date() }}
    group by 1

),

window_counts as (

    select
        counted.*,
        expected.expected_change_count,
        expected.expected_incident_count,
        expected.expected_poor_first_session_count
    from counted
    inner join expected
        on counted.tutor_id = expected.tutor_id

)

select * from window_counts
