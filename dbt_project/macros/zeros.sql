{% macro zeros(columns) -%}
    {% for column in columns %}0 as {{ column }}{{ ', ' if not loop.last }}{% endfor %}
{%- endmacro %}
