-- Gamma-Poisson posterior of the ratio r = observed / expected, with prior Gamma(a, a).
-- Intervals by Wilson-Hilferty; the normal distribution function by its logistic approximation.

-- Bernoulli counts vary less than Poisson counts: phi shrinks the variance, never below .3.
{% macro poisson_phi(rate) -%}
    least(greatest(1 - {{ rate }}, 0.3), 1)
{%- endmacro %}

{% macro gamma_quantile(shape, scale, z) -%}
    ({{ shape }} / {{ scale }})
    * power(greatest(1 - 1 / (9 * {{ shape }}) + ({{ z }}) / (3 * sqrt({{ shape }})), 0), 3)
{%- endmacro %}

-- P(r > limit)
{% macro gamma_exceedance(shape, scale, limit) -%}
    1 - {{ normal_cdf(
        "(cbrt(" ~ limit ~ " * " ~ scale ~ " / " ~ shape ~ ") - (1 - 1 / (9 * " ~ shape ~ ")))"
        ~ " * 3 * sqrt(" ~ shape ~ ")"
    ) }}
{%- endmacro %}

{% macro normal_cdf(z) -%}
    (1 / (1 + exp(-(1.5976 * ({{ z }}) + 0.07056 * power({{ z }}, 3)))))
{%- endmacro %}

-- Component score of a ratio: the baseline at r = 1, falling to 0, rising to 100; minus baseline.
{% macro ratio_points(ratio, weight, steepness) -%}
    {{ weight }} * (
        100 / (
            1 + (100 - {{ var('baseline') }}) / {{ var('baseline') }}.0
            * power(greatest({{ ratio }}, 1e-6), {{ steepness }})
        ) - {{ var('baseline') }}
    )
{%- endmacro %}
