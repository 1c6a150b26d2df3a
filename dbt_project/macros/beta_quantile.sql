-- Quantile of the beta distribution at normal deviate z (Abramowitz and Stegun 26.5.22); within
-- 0.01 for shapes above 1, which it is never given less of.
{% macro beta_quantile(shape, other_shape, z) -%}
    {% set a = '(2 * greatest(' ~ shape ~ ', 1.0) - 1)' %}
    {% set b = '(2 * greatest(' ~ other_shape ~ ', 1.0) - 1)' %}
    {% set h = '(2 / (1 / ' ~ a ~ ' + 1 / ' ~ b ~ '))' %}
    {% set lambda = (z * z - 3) / 6 %}
    greatest({{ shape }}, 1.0) / (
        greatest({{ shape }}, 1.0) + greatest({{ other_shape }}, 1.0) * exp(
            2 * (
                {{ -z }} * sqrt({{ h }} + {{ lambda }}) / {{ h }}
                - (1 / {{ b }} - 1 / {{ a }}) * ({{ lambda }} + 5.0 / 6 - 2 / (3 * {{ h }}))
            )
        )
    )
{%- endmacro %}
