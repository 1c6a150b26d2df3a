-- How far a sum of points can be off. What students say of first sessions and of all sessions is one
-- doubt; keeping sessions and attending them are half of one; between these two nothing is shared.
{% macro doubt(half_width) -%}
    sqrt(
        {% for components, shared in {
            "'quality', 'first_sessions'": 1, "'reliability', 'attendance'": 0.5,
        }.items() %}
            {% set own = 'case when component in (' ~ components ~ ') then ' ~ half_width ~ ' else 0 end' %}
            {{ 1 - shared }} * sum(power({{ own }}, 2)) + {{ shared }} * power(sum({{ own }}), 2)
            {{- ' + ' if not loop.last }}
        {% endfor %}
    )
{%- endmacro %}
