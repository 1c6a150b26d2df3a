-- What is left of evidence after so many days.
{% macro decay(days) -%}
    power(0.5, {{ days }} / {{ var('half_life_days') }}.0)
{%- endmacro %}

-- Variance of the effect. Events after the action vary as Poisson counts; the tutor's own true ratio,
-- of which the events before are a sample, as its Gamma posterior; the peers' mean of both.
{% macro effect_variance() -%}
    own.dispersion * (
        (own.observed_after + 0.5) / power(own.expected_after, 2)
        + peers.observed_after / power(peers.expected_after, 2)
        + (own.observed_before + priors.prior_observed)
        / power(own.expected_before + priors.prior_expected, 2)
        * (1 + 1.0 / peers.peer_count)
    )
{%- endmacro %}

-- The effect with its 90 % interval, and what that says: an interval with zero in it says nothing.
{% macro told_effect() -%}
    {%- set margin = '1.645 * effect_sd' -%}
    case when state = 'measured' then difference end as effect,
    case when state = 'measured' then difference - {{ margin }} end as effect_low,
    case when state = 'measured' then difference + {{ margin }} end as effect_high,
    case
        when state <> 'measured' then null
        when difference + {{ margin }} < 0 then 'helped'
        when difference - {{ margin }} > 0 then 'worse'
        else 'no_clear_effect'
    end as verdict
{%- endmacro %}
