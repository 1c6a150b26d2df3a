-- A first lesson that was moved is told apart by the slot it was moved to.
{% macro is_slot() -%}
    status not in ('rescheduled', 'cancelled')
{%- endmacro %}

{% macro arrived_slots() -%}
    select
        *,
        {{ is_slot() }} as is_slot
    from {{ ref('int_sessions_latest') }}
    where ingest_seq > {{ built_upto() }}
{%- endmacro %}

-- Students and tutors of what arrived and of what that replaced, with the first slot they had.
{% macro touched_pairs() -%}
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
{%- endmacro %}

-- Candidates for the first slot of each: what arrived, what it was, and all there are if that is lost.
{% macro slots_of_touched_pairs() -%}
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
        case when {{ is_slot() }} then sessions.scheduled_start end as scheduled_start
    from {{ ref('int_sessions_latest') }} as sessions
    inner join lost
        on
            sessions.student_id = lost.student_id
            and sessions.tutor_id = lost.tutor_id
    where sessions.student_id in {{ few('student_id', 'lost') }}
{%- endmacro %}
