-- The inverse of normal_cdf, exactly: the real root of its cubic (Cardano).
{% macro normal_quantile(probability) -%}
    {%- set half = "(ln((" ~ probability ~ ") / (1 - (" ~ probability ~ "))) / (2 * 0.07056))" -%}
    {%- set third = 1.5976 / (3 * 0.07056) -%}
    (
        cbrt({{ half }} + sqrt(power({{ half }}, 2) + {{ third ** 3 }}))
        + cbrt({{ half }} - sqrt(power({{ half }}, 2) + {{ third ** 3 }}))
    )
{%- endmacro %}

-- Trials without an event after which P(ratio > flag_ratio) is the release probability: the shape of
-- the gamma, which its interval tells (Wilson-Hilferty), stays; the scale grows by what a typical
-- tutor would have had.
{% macro trials_to_clear() -%}
    {%- set shape = 'power(3.29 / 3 * cbrt(ratio) / (cbrt(ratio_high) - cbrt(ratio_low)), 2)' -%}
    (expected + prior_expected)
    * ({{ gamma_quantile(shape, 1, 'release_z') }} / flag_ratio * ratio / {{ shape }} - 1)
    / nullif(platform_rate, 0)
{%- endmacro %}

-- Ratings of five after which the mean is as near to the platform's as the release asks.
{% macro ratings_to_clear() -%}
    {%- set gap = var('rating_scale') ~ ' * ln(ratio)' -%}
    {%- set allowed = '(' ~ var('rating_scale') ~ ' * (ln(flag_ratio) - release_z * (ln(ratio_high) - ln(ratio_low)) / 3.29))' -%}
    (trials + {{ var('rating_prior') }}) * ({{ gap }} - {{ allowed }})
    / nullif(5 - platform_rate + {{ allowed }}, 0)
{%- endmacro %}

-- The rate at which P(ratio > flag_ratio) is the release probability, at unchanged doubt.
{% macro rate_to_clear() -%}
    platform_rate * exp(ln(flag_ratio) - release_z * (ln(ratio_high) - ln(ratio_low)) / 3.29)
{%- endmacro %}

{% macro clearing_words() -%}
    case kind
        when 'quality' then ' five-star ratings in a row.'
        when 'first_sessions' then ' good first sessions in a row.'
        when 'attendance' then ' sessions in a row, there and on time.'
        else ' sessions kept in a row.'
    end
{%- endmacro %}
