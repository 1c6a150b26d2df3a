{{ config(materialized='ephemeral') }}

{% set z = 1.645 %}
{% set scale = var('rating_scale') %}

with

evidence as (

    select * from {{ ref('int_tutor_evidence_days') }}
    {% if is_micro_batch() %}
        where {{ is_made_now() }}
    {% endif %}

),

platform_rates as (

    {{ platform_rates_on('evidence') }}

),

-- Bayesian average: what is expected counts as that many ratings. A loss of 1 is 4 stars.
shrunk as (

    select
        evidence.tutor_id,
        evidence.score_date,
        evidence.built_seq,
        evidence.built_at,
        evidence.quality_n as trials,
        5 * evidence.quality_n - 4 * evidence.quality_o as observed,
        5 - 4 * platform_rates.platform_rate as platform_mean,
        4 * (evidence.quality_e - evidence.quality_o)
        / (evidence.quality_n + {{ var('rating_prior') }}) as mean_above,
        4 * sqrt(
            platform_rates.dispersion
            * platform_rates.platform_rate
            * (1 - platform_rates.platform_rate)
            / (evidence.quality_n + {{ var('rating_prior') }})
        ) as mean_sd
    from evidence
    inner join platform_rates
        on
            evidence.score_date = platform_rates.score_date
            and platform_rates.outcome = 'quality'

),

-- half a star below the platform is to ratings what a ratio of e is to counts
rated as (

    select
        shrunk.tutor_id,
        shrunk.score_date,
        components.component,
        shrunk.trials,
        shrunk.observed,
        shrunk.trials as expected,
        shrunk.platform_mean as platform_rate,
        components.weight,
        components.steepness,
        exp(-shrunk.mean_above / {{ scale }}) as ratio,
        exp((-shrunk.mean_above - {{ z }} * shrunk.mean_sd) / {{ scale }}) as ratio_low,
        exp((-shrunk.mean_above + {{ z }} * shrunk.mean_sd) / {{ scale }}) as ratio_high,
        exp(-shrunk.mean_above / {{ scale }}) as harm_ratio,
        1 - {{ normal_cdf(
            '(' ~ var('rating_scale') ~ ' * ln(components.flag_ratio) + shrunk.mean_above) / shrunk.mean_sd'
        ) }} as probability,
        shrunk.built_seq,
        shrunk.built_at
    from shrunk
    inner join {{ ref('score_components') }} as components
        on components.component = 'quality'

)

select * from rated
