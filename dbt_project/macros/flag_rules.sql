-- The first day that flags know of: the evidence of earlier days is gone.
{% macro flag_history_start() -%}
    {{ days_before(as_of_date(), var('score_history_days')) }}
{%- endmacro %}

-- A limit of the seed, or the one that a what-if gives instead, for all kinds or for one.
{% macro flag_limit(column) -%}
    {%- set given = var('what_if', {}) -%}
    {%- if column not in given -%}
        {{ column }}
    {%- elif 'kind' in given -%}
        case when component = '{{ given.kind }}' then {{ given[column] }} else {{ column }} end
    {%- else -%}
        {{ given[column] }}
    {%- endif -%}
{%- endmacro %}

-- P(ratio > flag_ratio). For another limit it is read off the ratio's interval: the cube root of a
-- gamma (Wilson-Hilferty) and the logarithm of a rating's ratio are normal.
{% macro flag_probability() -%}
    {%- if 'flag_ratio' in var('what_if', {}) -%}
        case kind
            when 'quality' then {{ normal_exceedance('ln') }}
            else {{ normal_exceedance('cbrt') }}
        end
    {%- else -%}
        probability
    {%- endif -%}
{%- endmacro %}

{% macro normal_exceedance(scale) -%}
    1 - {{ normal_cdf(
        "(" ~ scale ~ "(flag_ratio) - (" ~ scale ~ "(ratio_low) + " ~ scale ~ "(ratio_high)) / 2)"
        ~ " / ((" ~ scale ~ "(ratio_high) - " ~ scale ~ "(ratio_low)) / 3.29)"
    ) }}
{%- endmacro %}
