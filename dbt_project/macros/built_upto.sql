-- A micro-batch is compiled once and run often, without dbt: see flows/micro_batch.py.
{% macro is_micro_batch() -%}
    {{ return(flags.WHICH == 'compile' and not flags.FULL_REFRESH) }}
{%- endmacro %}

-- The newest record that the last build worked in.
{% macro built_upto(seq='built_seq') -%}
    {%- if is_micro_batch() -%}
        getvariable('built_upto')
    {%- else -%}
        (select coalesce(max(known.{{ seq }}), 0) from {{ this }} as known)
    {%- endif -%}
{%- endmacro %}

-- The newest record of this build, from a relation that has just been written; what is old is not read.
{% macro newest_record(relation, seq='built_seq') -%}
    {%- if is_micro_batch() -%}
        (
            select coalesce(max(newest.{{ seq }}), {{ built_upto() }}) from {{ relation }} as newest
            where newest.{{ seq }} > {{ built_upto() }}
        )
    {%- else -%}
        (select max(newest.{{ seq }}) from {{ relation }} as newest)
    {%- endif -%}
{%- endmacro %}

-- Rows that an earlier model of this build made.
{% macro is_made_now() -%}
    built_at = {{ as_of() }}
{%- endmacro %}

-- Rows of a key that a micro-batch has written, also those that it should have taken away.
{% macro is_written_now(relation, key) -%}
    {%- if is_micro_batch() -%}
        {{ key }} in (
            select made.{{ key }} from {{ relation }} as made
            where made.built_seq > {{ built_upto() }}
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
