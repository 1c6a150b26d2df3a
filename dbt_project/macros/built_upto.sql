-- The newest record that this model was built from.
{% macro built_upto() -%}
    (select coalesce(max(known.built_seq), 0) from {{ this }} as known)
{%- endmacro %}

-- Rows that an earlier model made, or made anew, after this one was built.
{% macro is_made_since(rows) -%}
    (
        {{ rows }}.built_seq > {{ built_upto() }}
        or {{ rows }}.score_date > (
            select coalesce(max(known.score_date), cast('1900-01-01' as date)) from {{ this }} as known
        )
    )
{%- endmacro %}
