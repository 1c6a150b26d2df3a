-- The nine terms of the stack: a logistic regression on what is told of a reschedule anyway and on
-- what else is known of the tutor. With the coefficient beside each it is the plain product.
{% macro stack_terms() -%}
    {{ return([
        ('level', '1.0', 0),
        ('slot', 'ln(expected / (1 - expected))', 1),
        ('past', 'ln(' ~ slow_ratio() ~ ')', 1),
        ('lately', 'ln(' ~ fast_ratio() ~ ')', 1),
        ('moves', 'ln(coalesce(move_ratio, 1))', 1),
        ('attendance', 'ln((attendance_o + 3) / (attendance_e + 3))', 0),
        ('ratings', 'ln(' ~ quality_ratio() ~ ')', 0),
        ('sessions', 'ln(1 + slow_n)', 0),
        ('unseen', 'case when slow_n < 0.001 then 1.0 else 0.0 end', 0),
    ]) }}
{%- endmacro %}

-- What the stack makes of the product, where it is used.
{% macro stack_factor(expected, told) -%}
    {%- set sum = [] -%}
    {%- for name, term, _ in stack_terms() -%}
        {%- do sum.append('coefficient_' ~ name ~ ' * ' ~ (term | replace('expected', expected) if name == 'slot' else term)) -%}
    {%- endfor -%}
    case
        when coalesce(is_stack_used, false)
            then {{ bounded_risk(chance(sum | join(' + '))) }} / ({{ told }})
        else 1.0
    end
{%- endmacro %}

{% macro stack_names() -%}
    {{ return(stack_terms() | map(attribute=0) | list) }}
{%- endmacro %}
