{{ config(materialized='incremental', unique_key='session_id') }}

with

arrived as (

    select * from {{ ref('stg_ingest__sessions') }}
    where
        ingest_seq <= {{ landed_seq() }}
        {% if is_incremental() %}
            and ingest_seq > (select coalesce(max(known.ingest_seq), 0) from {{ this }} as known)
        {% endif %}

),

candidates as (

    select * from arrived
    {% if is_incremental() %}
        union all
        select known.* from {{ this }} as known
        where known.session_id in (select arrived.session_id from arrived)
    {% endif %}

),

ranked as (

    select
        candidates.*,
        row_number() over (
            partition by session_id
            order by version desc, ingest_seq desc
        ) as recency
    from candidates

),

latest as (

    select
        session_id,
        version,
        tutor_id,
        student_id,
        rescheduled_from,
        status,
        subject,
        grade_level,
        time_zone,
        scheduled_start,
        scheduled_end,
        session_date,
        booked_at,
        tutor_joined_at,
        tutor_left_at,
        student_joined_at,
        student_left_at,
        no_show_party,
        rescheduled_by,
        reschedule_requested_at,
        rescheduled_to_start,
        cancelled_by,
        cancellation_requested_at,
        is_first_session_given,
        student_rating,
        tutor_rating,
        technical_issue,
        follow_up_booked,
        ingest_seq,
        received_at,
        sent_at,
        is_backfill
    from ranked
    where recency = 1

)

select * from latest
