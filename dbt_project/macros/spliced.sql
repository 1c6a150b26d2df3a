-- Breaks out of the surrounding quotes to put a value into a sentence.
{% macro spliced(expression) -%}
    ' || cast({{ expression }} as varchar) || '
{%- endmacro %}
