{{ config(materialized='incremental', unique_key=['tutor_id', 'session_date']) }}
-- depends_on: {{ ref('int_session_records') }} {{ ref('int_sessions_latest') }}

with

-- a day that a correction took a session away from counts too, and keeps a row of zeros
touched as (

    {% if is_incremental() %}
        select
            tutor_id,
            session_date
        from {{ ref('fct_sessions') }}
        where
            built_seq > {{ built_upto() }}
            and status <> 'scheduled'
        union distinct
        select
            replaced_tutor_id as tutor_id,
            replaced_session_date as session_date
        from {{ ref('int_sessions_latest') }}
        where
            ingest_seq > {{ built_upto() }}
            and replaced_status <> 'scheduled'
    {% else %}
        select distinct
            tutor_id,
            session_date
        from {{ ref('int_session_records') }}
        where
            status <> 'scheduled'
            and ingest_seq <= {{ landed_seq() }}
    {% endif %}

),

fct_tutor_days as (

    select
        touched.tutor_id,
        touched.session_date,
        {{ count_if('counts_for_tutor') }} as session_count,
        {{ count_if("status = 'completed'") }} as completed_count,
        {{ count_if("status = 'rescheduled' and is_tutor_caused") }} as tutor_reschedule_count,
        {{ count_if("status = 'cancelled' and is_tutor_caused") }} as tutor_cancellation_count,
        {{ count_if('is_tutor_no_show') }} as tutor_no_show_count,
        {{ count_if('is_short_notice') }} as short_notice_count,
        {{ count_if('is_late_start') }} as late_count,
        {{ count_if('is_early_end') }} as early_end_count,
        {{ count_if('is_tutor_no_show or is_late_start or is_early_end') }}
            as attendance_incident_count,
        {{ count_if("status = 'completed' or is_tutor_no_show") }} as due_count,
        {{ count_if("caused_by = 'student'") }} as student_caused_count,
        {{ count_if("caused_by = 'platform'") }} as platform_caused_count,
        {{ count_if("caused_by = 'unknown'") }} as unknown_caused_count,
        {{ count_if('student_rating is not null') }} as rating_count,
        cast(coalesce(sum(student_rating), 0) as bigint) as rating_sum,
        cast(coalesce(sum(student_rating * student_rating), 0) as bigint)
            as rating_square_sum,
        {{ count_if("is_first_session and (status = 'completed' or is_tutor_no_show)") }}
            as first_session_count,
        {{ count_if("is_first_session and (student_rating is not null or is_tutor_no_show)") }}
            as judged_first_session_count,
        {{ count_if("is_first_session and (student_rating <= 2 or is_tutor_no_show)") }}
            as poor_first_session_count,
        {{ count_if('tutor_late_minutes is not null') }} as joined_count,
        coalesce(sum(tutor_late_minutes), 0) as late_minutes_sum,
        max(sessions.ingest_seq) as last_ingest_seq,
        {{ newest_record(ref('fct_sessions')) }} as built_seq
    from touched
    left join {{ ref('fct_sessions') }} as sessions
        on
            touched.tutor_id = sessions.tutor_id
            and touched.session_date = sessions.session_date
            and sessions.status <> 'scheduled'
    group by 1, 2

)

select * from fct_tutor_days
order by 2
