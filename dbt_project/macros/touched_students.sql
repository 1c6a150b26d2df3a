-- Students of whom a session arrived, was taken away by a correction or began since, or whose time
-- to come again is over; with the day from which their first sessions are built anew.
{% macro touched_students() -%}
    {% set known_seq -%}
        (select coalesce(max(known.built_seq), 0) from {{ this }} as known)
    {%- endset %}
    {% set arrived -%}
        (select session_id from {{ ref('fct_sessions') }} where built_seq > {{ known_seq }})
    {%- endset %}
    {% set earliest = days_before('session_date', retention_var('second_session_days')) %}
    select
        student_id,
        min(from_date) as from_date
    from (
        select
            student_id,
            {{ earliest }} as from_date
        from {{ ref('fct_sessions') }}
        where built_seq > {{ known_seq }}
        union all
        select
            student_id,
            {{ earliest }} as from_date
        from {{ ref('fct_sessions') }}
        where
            scheduled_start <= {{ as_of() }}
            and scheduled_start > (select max(known.as_of) from {{ this }} as known)
        union all
        select
            student_id,
            session_date as from_date
        from {{ this }}
        where
            session_id in {{ arrived }}
            or next_session_id in {{ arrived }}
            or next_session_with_tutor_id in {{ arrived }}
            or first_session_of_student_id in {{ arrived }}
            or (
                (came_again is null or came_again_to_tutor is null)
                and session_date
                < {{ days_before(as_of_date(), retention_var('second_session_days')) }}
            )
    ) as touched_sessions
    group by student_id
{%- endmacro %}

-- First sessions of touched students that a micro-batch builds anew, or leaves as they are.
{% macro known_first_sessions(sign) -%}
    select
        known.student_id,
        known.tutor_id
    from {{ this }} as known
    inner join touched
        on
            known.student_id = touched.student_id
            and known.session_date {{ sign }} touched.from_date
{%- endmacro %}
