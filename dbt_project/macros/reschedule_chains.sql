-- What was known of sessions that arrived and of those that they took the place of.
{% macro known_places(arrived) -%}
    {% set both %}
        (
            select session_id from {{ arrived }}
            union all
            select rescheduled_from as session_id from {{ arrived }}
        ) as named
    {% endset %}
    select
        known.session_id,
        known.first_session_id
    from {{ this }} as known
    where known.session_id in {{ few('named.session_id', both) }}
{%- endmacro %}

-- The other sessions of all chains that are touched, as they were linked before.
{% macro known_links(arrived) -%}
    {% set firsts %}
        (
            select session_id from {{ arrived }}
            union all
            select rescheduled_from as session_id from {{ arrived }}
            union all
            select places.first_session_id as session_id from ({{ known_places(arrived) }}) as places
        ) as named
    {% endset %}
    select
        known.session_id,
        known.rescheduled_from
    from {{ this }} as known
    where
        known.first_session_id in {{ few('named.session_id', firsts) }}
        and known.session_id not in (select {{ arrived }}.session_id from {{ arrived }})
{%- endmacro %}
