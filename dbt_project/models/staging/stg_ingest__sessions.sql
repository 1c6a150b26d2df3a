with

source as (

    select * from {{ source('ingest', 'sessions') }}

),

renamed as (

    select
        -- ids
        session_id,
        version,
        tutor_id,
        student_id,
        rescheduled_from,

        -- slot
        status,
        subject,
        grade_level,
        time_zone,
        scheduled_start,
        scheduled_end,
        {{ business_date('scheduled_start') }} as session_date,
        booked_at,

        -- attendance
        tutor_joined_at,
        tutor_left_at,
        student_joined_at,
        student_left_at,
        no_show_party,

        -- changes
        reschedule.initiator as rescheduled_by,
        reschedule.requested_at as reschedule_requested_at,
        reschedule.new_start as rescheduled_to_start,
        cancellation.initiator as cancelled_by,
        cancellation.requested_at as cancellation_requested_at,

        -- what people said
        is_first_session as is_first_session_given,
        cast(student_rating as integer) as student_rating,
        cast(tutor_rating as integer) as tutor_rating,
        technical_issue,
        follow_up_booked,

        -- landing
        ingest_seq,
        received_at,
        sent_at,
        is_backfill,
        -- history that was filled in counts as known when it was told, or else when it was over
        case
            when is_backfill then least(received_at, coalesce(sent_at, scheduled_end))
            else received_at
        end as known_at

    from source

),

known as (

    select * from renamed
    where {{ is_known_by('known_at') }}

)

select * from known
