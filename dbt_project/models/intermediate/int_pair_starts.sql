{{ config(materialized='incremental', unique_key=['student_id', 'tutor_id']) }}

{% set sessions = ref('int_sessions_latest') %}

with

{% if is_incremental() %}
    arrived as (

        {{ arrived_slots() }}

    ),

    touched as (

        {{ touched_pairs() }}

    ),

    lost as (

        select * from touched
        where is_lost

    ),

    slots as (

        {{ slots_of_touched_pairs() }}

    ),
{% else %}
    slots as (

        select
            student_id,
            tutor_id,
            case when {{ is_slot() }} then scheduled_start end as scheduled_start
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
        {{ newest_record(sessions, 'ingest_seq') }} as built_seq
    from touched
    left join firsts
        on
            touched.student_id = firsts.student_id
            and touched.tutor_id = firsts.tutor_id

)

select * from pair_starts
