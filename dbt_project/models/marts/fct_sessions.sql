{{ config(
    materialized='incremental',
    meta={'looked_up_by': ['session_id', 'student_id']},
    unique_key='session_id',
) }}

with

sessions as (

    select * from {{ ref('int_sessions_expected') }}

),

fct_sessions as (

    select
        -- ids
        session_id,
        version,
        tutor_id,
        student_id,
        rescheduled_from,

        -- slot
        subject,
        grade_level,
        time_zone,
        status,
        scheduled_start,
        scheduled_end,
        session_date,
        booked_at,
        rescheduled_to_start,
        is_first_session,

        -- who caused what
        caused_by,
        outage_reason,
        is_tutor_caused,
        counts_for_tutor,
        is_tutor_no_show,
        is_late_start,
        is_early_end,
        is_short_notice,
        notice_hours,
        tutor_late_minutes,
        tutor_early_end_minutes,
        tutor_joined_at,
        tutor_left_at,
        student_joined_at,
        student_left_at,

        -- what people said
        student_rating,
        tutor_rating,
        technical_issue,
        follow_up_booked,

        -- what such a slot comes to with a typical tutor
        {% for outcome in outcomes('x', 'x') %}
            expected_{{ outcome }},
        {% endfor %}

        -- in words
        {{ session_headline() }} as headline,
        {{ session_severity() }} as severity,

        -- landing
        ingest_seq,
        received_at,
        known_at,
        outcome_known_at,
        {{ evidence_date('sessions') }} as evidence_date,
        is_backfill,
        {{ newest_record(ref('int_sessions_latest'), 'ingest_seq') }} as built_seq
    from sessions

)

select * from fct_sessions
