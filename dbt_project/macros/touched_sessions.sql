-- Sessions that a micro-batch builds anew: those that arrived, those at the old and the new first slot
-- of a student with a tutor, and those where an outage was found or taken back.
{% macro touched_sessions() -%}
    {% set sessions = ref('int_sessions_latest') %}
    select session_id from {{ sessions }}
    where ingest_seq > {{ built_upto() }}
    union distinct
    select sessions.session_id
    from {{ sessions }} as sessions
    inner join {{ ref('int_pair_starts') }} as pairs
        on
            sessions.student_id = pairs.student_id
            and sessions.tutor_id = pairs.tutor_id
    where
        pairs.built_seq > {{ built_upto() }}
        and pairs.first_start <> pairs.replaced_start
        and sessions.scheduled_start in (pairs.first_start, pairs.replaced_start)
    union distinct
    select sessions.session_id
    from {{ sessions }} as sessions
    inner join {{ ref('int_platform_outages') }} as outages
        on sessions.slot_bucket = outages.slot_bucket
    where
        outages.built_seq > {{ built_upto() }}
        and coalesce(outages.outage_reason, '') <> coalesce(outages.replaced_reason, '')
{%- endmacro %}
