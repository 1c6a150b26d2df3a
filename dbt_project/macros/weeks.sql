-- Weeks run from Monday to Sunday and are counted from Monday, 5 January 1970.
{% macro week_number(day) -%}
    cast(floor({{ days_between("cast('1970-01-05' as date)", day) }} / 7.0) as integer)
{%- endmacro %}

{% macro week_start(number) -%}
    {{ days_before("cast('1970-01-05' as date)", "-7 * (" ~ number ~ ")") }}
{%- endmacro %}

{% macro last_closed_week() -%}
    ({{ week_number(as_of_date()) }} - 1)
{%- endmacro %}

{% macro month_number(day) -%}
    cast(extract('year' from {{ day }}) * 12 + extract('month' from {{ day }}) as integer)
{%- endmacro %}
