-- A row here means that daily counts and sessions disagree, so that some rate is wrong.
with

days as (

    select
        tutor_id,
        session_date,
        completed_count + student_caused_count + platform_caused_count + unknown_caused_count
        + tutor_reschedule_count + tutor_cancellation_count + tutor_no_show_count as session_count
    from {{ ref('fct_tutor_days') }}

),

sessions as (

    select
        tutor_id,
        session_date,
        count(*) as session_count
    from {{ ref('fct_sessions') }}
    where status <> 'scheduled'
    group by 1, 2

)

select
    coalesce(days.tutor_id, sessions.tutor_id) as tutor_id,
    coalesce(days.session_date, sessions.session_date) as session_date
from days
full outer join sessions
    on
        days.tutor_id = sessions.tutor_id
        and days.session_date = sessions.session_date
where coalesce(days.session_count, 0) <> coalesce(sessions.session_count, 0)
