-- Chains of which a session came since, by the session of their first slot.
{% macro touched_chains(arrived) -%}
    select session_id as first_session_id from {{ arrived }}
    union distinct
    select rescheduled_from as first_session_id from {{ arrived }}
    union distinct
    select known.first_session_id
    from {{ this }} as known
    where known.session_id in (
        select session_id from {{ arrived }}
        union all
        select rescheduled_from as session_id from {{ arrived }}
    )
{%- endmacro %}

-- The other sessions of these chains, as they were linked before.
{% macro known_links(arrived) -%}
    select
        known.session_id,
        known.rescheduled_from
    from {{ this }} as known
    where
        known.first_session_id in ({{ touched_chains(arrived) }})
        and known.session_id not in (select {{ arrived }}.session_id from {{ arrived }})
{%- endmacro %}
