-- The first day that flags know of: the evidence of earlier days is gone.
{% macro flag_history_start() -%}
    {{ days_before(as_of_date(), var('score_history_days')) }}
{%- endmacro %}

-- Most tutors never come near a flag of a kind.
{% macro near_a_flag(component_days) -%}
    select distinct
        days.tutor_id,
        days.component
    from {{ component_days }} as days
    inner join ({{ flag_limits() }}) as rules
        on days.component = rules.kind
    where {{ flag_probability() }} > rules.flag_probability
{%- endmacro %}

{% macro flag_measures() -%}
    {{ return([
        'tutor_id', 'score_date', 'trials', 'observed', 'expected', 'ratio', 'ratio_low', 'ratio_high',
        'rate', 'rate_low', 'rate_high', 'platform_rate', 'points', 'probability',
    ]) }}
{%- endmacro %}

{% macro flag_limits() -%}
    select
        {% for limit in ['flag_ratio', 'flag_probability', 'release_probability', 'minimum_expected'] %}
            {{ flag_limit(limit) }} as {{ limit }},
        {% endfor %}
        component as kind
    from {{ ref('int_flag_rules') }}
{%- endmacro %}

-- Tutors whose evidence this build made anew, or whose profile it read for the first time.
{% macro reflagged_tutors() -%}
    select made.tutor_id from {{ ref('int_flag_measures') }} as made
    where {{ is_made_now() }}
    {% if is_micro_batch() %}
        union distinct
        select profiles.tutor_id from {{ ref('stg_ingest__tutors') }} as profiles
        where profiles.ingest_seq > {{ built_upto() }}
    {% endif %}
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
        case rules.kind
            when 'quality' then {{ normal_exceedance('ln') }}
            when 'churn' then {{ normal_exceedance('ln') }}
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
