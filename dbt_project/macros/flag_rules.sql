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
    where probability > rules.flag_probability
{%- endmacro %}

{% macro flag_measures() -%}
    {{ return([
        'tutor_id', 'score_date', 'trials', 'observed', 'expected', 'ratio', 'ratio_low', 'ratio_high',
        'rate', 'rate_low', 'rate_high', 'platform_rate', 'points', 'probability',
    ]) }}
{%- endmacro %}

{% macro flag_limits() -%}
    select
        flag_ratio,
        flag_probability,
        release_probability,
        minimum_expected,
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

-- P(ratio > limit). For another limit than the seed's it is read off the ratio's interval: the cube
-- root of a gamma (Wilson-Hilferty) and the logarithm of a rating's ratio are normal. A lower limit
-- is never less likely to be passed, and what cannot be judged stays so.
{% macro probability_above(limit) -%}
    case
        when {{ limit }} = flag_ratio or probability = 0 then probability
        when {{ limit }} > flag_ratio then least(probability, {{ read_exceedance(limit) }})
        else greatest(probability, {{ read_exceedance(limit) }})
    end
{%- endmacro %}

{% macro read_exceedance(limit) -%}
    case
        when kind in ('quality', 'churn') then {{ normal_exceedance('ln', limit) }}
        else {{ normal_exceedance('cbrt', limit) }}
    end
{%- endmacro %}

{% macro normal_exceedance(scale, limit='flag_ratio') -%}
    1 - {{ normal_cdf(
        "(" ~ scale ~ "(" ~ limit ~ ") - (" ~ scale ~ "(ratio_low) + " ~ scale ~ "(ratio_high)) / 2)"
        ~ " / ((" ~ scale ~ "(ratio_high) - " ~ scale ~ "(ratio_low)) / 3.29)"
    ) }}
{%- endmacro %}
