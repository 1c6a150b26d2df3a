-- Sessions that a micro-batch builds anew: those that arrived, and those of the same students for
-- whom an arrival, or a correction that took a session away, moved which one was the first.
{% macro touched_sessions(sessions) -%}
    {% set arrived -%}
        select session_id from {{ sessions }}
        where ingest_seq > (select coalesce(max(known.built_seq), 0) from {{ this }} as known)
    {%- endset %}
    {{ arrived }}
    union distinct
    select {{ sessions }}.session_id
    from {{ sessions }}
    inner join {{ this }} as known
        on {{ sessions }}.session_id = known.session_id
    where
        {{ sessions }}.is_first_session <> known.is_first_session
        and {{ sessions }}.student_id in (
            select student_id from {{ sessions }} where session_id in ({{ arrived }})
            union distinct
            select before.student_id from {{ this }} as before
            where before.session_id in ({{ arrived }})
        )
{%- endmacro %}
