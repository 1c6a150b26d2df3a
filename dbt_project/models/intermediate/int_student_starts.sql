{{ config(materialized='incremental', unique_key='student_id') }}

{% set sessions %}
    (
        select
            student_id,
            session_id,
            scheduled_start,
            status in ('completed', 'no_show') as took_place,
            built_seq
        from {{ ref('fct_sessions') }}
    ) as sessions
{% endset %}

with

{% if is_incremental() %}
    arrived as (

        select * from {{ sessions }}
        where built_seq > {{ built_upto() }}

    ),

    -- who may have lost the first one is looked up in all sessions: hardly anybody, ever
    lost as (

        select known.student_id from {{ this }} as known
        where known.session_id in (select arrived.session_id from arrived)

    ),

    touched as (

        select student_id from arrived
        union distinct
        select student_id from lost

    ),

    candidates as (

        select * from arrived
        where took_place
        union all
        select * from {{ sessions }}
        where took_place and student_id in (select lost.student_id from lost)
        union all
        select
            known.student_id,
            known.session_id,
            known.scheduled_start,
            true as took_place,
            known.built_seq
        from {{ this }} as known
        where
            known.session_id is not null
            and known.student_id in (select touched.student_id from touched)
            and known.student_id not in (select lost.student_id from lost)

    ),
{% else %}
    candidates as (

        select * from {{ sessions }}
        where took_place

    ),

    touched as (

        select distinct student_id from {{ sessions }}

    ),
{% endif %}

ranked as (

    select
        *,
        row_number() over (partition by student_id order by scheduled_start, session_id) as place
    from candidates

),

student_starts as (

    select
        touched.student_id,
        ranked.session_id,
        ranked.scheduled_start,
        {{ newest_record(ref('fct_sessions')) }} as built_seq
    from touched
    left join ranked
        on touched.student_id = ranked.student_id and ranked.place = 1

)

select * from student_starts
