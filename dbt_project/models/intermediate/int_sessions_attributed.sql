{{ config(materialized='view') }}

with

sessions as (

    select * from {{ ref('int_sessions_latest') }}

),

first_slots as (

    select
        student_id,
        tutor_id,
        min(scheduled_start) as first_start
    from sessions
    -- a first lesson that was moved is told apart by the slot it was moved to
    where status not in ('rescheduled', 'cancelled')
    group by 1, 2

),

attributed as (

    select
        sessions.*,

        -- a slot that both missed was missed by the tutor too
        case
            when sessions.status = 'rescheduled'
                then coalesce(sessions.rescheduled_by, 'unknown')
            when sessions.status = 'cancelled'
                then coalesce(sessions.cancelled_by, 'unknown')
            when sessions.status <> 'no_show' then null
            when sessions.no_show_party in ('tutor', 'both') then 'tutor'
            when sessions.no_show_party = 'student' then 'student'
            when sessions.tutor_joined_at is null and sessions.student_joined_at is not null
                then 'tutor'
            when sessions.tutor_joined_at is not null and sessions.student_joined_at is null
                then 'student'
            else 'unknown'
        end as caused_by,

        coalesce(
            sessions.is_first_session_given,
            sessions.scheduled_start = first_slots.first_start
            and sessions.status not in ('rescheduled', 'cancelled'),
            false
        ) as is_first_session,

        {{ minutes_between('sessions.scheduled_start', 'sessions.tutor_joined_at') }}
            as tutor_late_minutes,
        {{ minutes_between('sessions.tutor_left_at', 'sessions.scheduled_end') }}
            as tutor_early_end_minutes,
        {{ minutes_between(
            'coalesce(sessions.reschedule_requested_at, sessions.cancellation_requested_at)',
            'sessions.scheduled_start'
        ) }} / 60.0 as notice_hours

    from sessions
    left join first_slots
        on
            sessions.student_id = first_slots.student_id
            and sessions.tutor_id = first_slots.tutor_id

),

judged as (

    select
        attributed.*,
        coalesce(caused_by = 'tutor', false) as is_tutor_caused,
        status = 'completed' or coalesce(caused_by = 'tutor', false) as counts_for_tutor,
        coalesce(
            status = 'completed' and tutor_late_minutes > {{ var('late_minutes') }}, false
        ) as is_late_start,
        coalesce(
            status = 'completed'
            and tutor_early_end_minutes > {{ var('early_end_minutes') }},
            false
        ) as is_early_end,
        coalesce(
            caused_by = 'tutor' and notice_hours < {{ var('short_notice_hours') }}, false
        ) as is_short_notice,
        coalesce(status = 'no_show' and caused_by = 'tutor', false) as is_tutor_no_show
    from attributed

)

select * from judged
