{{ config(materialized='view') }}

with

records as (

    select * from {{ ref('stg_ingest__sessions') }}

),

-- a slot that both missed was missed by the tutor too
judged as (

    select
        *,
        known_at as outcome_known_at,
        case
            when status = 'rescheduled' then coalesce(rescheduled_by, 'unknown')
            when status = 'cancelled' then coalesce(cancelled_by, 'unknown')
            when status <> 'no_show' then null
            when no_show_party in ('tutor', 'both') then 'tutor'
            when no_show_party = 'student' then 'student'
            when tutor_joined_at is null and student_joined_at is not null then 'tutor'
            when tutor_joined_at is not null and student_joined_at is null then 'student'
            else 'unknown'
        end as reported_cause,

        {{ minutes_between('scheduled_start', 'tutor_joined_at') }} as tutor_late_minutes,
        {{ minutes_between('tutor_left_at', 'scheduled_end') }} as tutor_early_end_minutes,
        {{ minutes_between(
            'coalesce(reschedule_requested_at, cancellation_requested_at)', 'scheduled_start'
        ) }} / 60.0 as notice_hours,

        {{ time_bucket('scheduled_start', var('outage_bucket_minutes')) }} as slot_bucket,
        -- what makes a slot hard to keep, whoever teaches it
        {{ slot_hours('scheduled_start', 'time_zone') }} as slot_hours,
        {{ slot_weekday('scheduled_start', 'time_zone') }} as slot_weekday,
        {{ lead_time('booked_at', 'scheduled_start') }} as lead_time,
        {{ slot_length('scheduled_start', 'scheduled_end') }} as slot_length,
        case
            when is_first_session_given then 'first'
            when not is_first_session_given then 'later'
            else 'not told'
        end as first_session_told

    from records

)

select * from judged
