{{ config(materialized='incremental', unique_key=['student_id', 'tutor_id']) }}

-- a first lesson that was moved is told apart by the slot it was moved to
{% set is_slot = "status not in ('rescheduled', 'cancelled')" %}
{% set sessions = ref('int_sessions_latest') %}

with

{% if is_incremental() %}
    arrived as (

        select
            *,
            {{ is_slot }} as is_slot
        from {{ sessions }}
        where ingest_seq > {{ built_upto() }}

    ),

    touched as (

        select
            pairs.student_id,
            pairs.tutor_id,
            known.first_start as replaced_start,
            -- who may have lost the first slot is looked up in all sessions: hardly anybody, ever
            coalesce(max(case when pairs.replaced_start = known.first_start then 1 end), 0) = 1
                as is_lost
        from (
            select
                student_id,
                tutor_id,
                null as replaced_start
            from arrived
            union all
            select
                replaced_student_id as student_id,
                replaced_tutor_id as tutor_id,
                replaced_start
            from arrived
            where
                replaced_tutor_id is not null
                and not (
                    is_slot
                    and scheduled_start = replaced_start
                    and tutor_id = replaced_tutor_id
                    and student_id = replaced_student_id
                )
        ) as pairs
        left join {{ this }} as known
            on
                pairs.student_id = known.student_id
                and pairs.tutor_id = known.tutor_id
        group by 1, 2, 3

    ),

    lost as (

        select * from touched
        where is_lost

    ),

    slots as (

        select
            student_id,
            tutor_id,
            scheduled_start
        from arrived
        where is_slot
        union all
        select
            student_id,
            tutor_id,
            replaced_start as scheduled_start
        from touched
        where not is_lost
        union all
        select
            sessions.student_id,
            sessions.tutor_id,
            sessions.scheduled_start
        from {{ sessions }} as sessions
        inner join lost
            on
                sessions.student_id = lost.student_id
                and sessions.tutor_id = lost.tutor_id
        where
            {{ is_slot }}
            and sessions.student_id in (select student_id from lost)

    ),
{% else %}
    slots as (

        select
            student_id,
            tutor_id,
            case when {{ is_slot }} then scheduled_start end as scheduled_start
        from {{ sessions }}

    ),

    touched as (

        select distinct
            student_id,
            tutor_id,
            cast(null as timestamp with time zone) as replaced_start
        from slots

    ),
{% endif %}

firsts as (

    select
        student_id,
        tutor_id,
        min(scheduled_start) as first_start
    from slots
    group by 1, 2

),

pair_starts as (

    select
        touched.student_id,
        touched.tutor_id,
        firsts.first_start,
        touched.replaced_start,
        (select max(newest.ingest_seq) from {{ sessions }} as newest) as built_seq
    from touched
    left join firsts
        on
            touched.student_id = firsts.student_id
            and touched.tutor_id = firsts.tutor_id

)

select * from pair_starts
