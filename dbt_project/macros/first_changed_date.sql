-- The day from which a micro-batch scores anew: the last one scored, or an earlier one that new
-- records changed. Scored anew from there on, the history is what a full build would give.
{% macro first_changed_date() -%}
    (
        select least(
            (select coalesce(max(known.score_date), cast('1900-01-01' as date)) from {{ this }} as known),
            coalesce(min(days.session_date), cast('9999-12-31' as date))
        )
        from {{ ref('fct_tutor_days') }} as days
        where days.built_seq > (select coalesce(max(known.built_seq), 0) from {{ this }} as known)
    )
{%- endmacro %}

{% macro newest_built_seq() -%}
    (select coalesce(max(days.built_seq), 0) from {{ ref('fct_tutor_days') }} as days)
{%- endmacro %}
