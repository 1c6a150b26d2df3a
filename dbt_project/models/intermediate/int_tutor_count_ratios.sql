{{ config(materialized='ephemeral') }}
{% set counted = ['reliability', 'attendance', 'first_sessions'] %}
{% set z, phi = 1.645, poisson_phi('platform_rate * ratio') %}
{% set shape = '((observed + prior_observed) / ' ~ phi ~ ')' %}
{% set scale = '((expected + prior_expected) / ' ~ phi ~ ')' %}

with

evidence as (

    select * from {{ ref('int_tutor_evidence_days') }}
    where {{ is_made_now() if is_micro_batch() else 'true' }}

),

platform_rates as (

    {{ platform_rates_on('evidence') }}

),

priors as (

    {{ priors_on('evidence') }}

),

counts as (

    {% for component in counted %}
        {% set harm = component ~ ('_harm' if component != 'first_sessions' else '') %}
        select
            tutor_id,
            score_date,
            built_seq,
            built_at,
            '{{ component }}' as component,
            {{ component }}_n as trials,
            {{ component }}_o as observed,
            {{ component }}_e as expected,
            {{ harm }}_o as harm_observed,
            {{ harm }}_e as harm_expected
        from evidence
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

ratios as (

    select
        counts.*,
        platform_rates.platform_rate,
        components.weight,
        components.steepness,
        components.flag_ratio,
        priors.prior_observed,
        priors.prior_expected,
        (counts.observed + priors.prior_observed)
        / (counts.expected + priors.prior_expected) as ratio,
        (counts.harm_observed + priors.prior_observed)
        / (counts.harm_expected + priors.prior_expected) as harm_ratio
    from counts
    inner join {{ ref('score_components') }} as components
        on counts.component = components.component
    inner join platform_rates
        on
            counts.score_date = platform_rates.score_date
            and counts.component = platform_rates.outcome
    inner join priors
        on
            counts.score_date = priors.score_date
            and counts.component = priors.component

),

counted as (

    select
        tutor_id,
        score_date,
        component,
        trials,
        observed,
        expected,
        platform_rate,
        weight,
        steepness,
        ratio,
        {{ gamma_quantile(shape, scale, -z) }} as ratio_low,
        {{ gamma_quantile(shape, scale, z) }} as ratio_high,
        harm_ratio,
        {{ gamma_exceedance(shape, scale, 'flag_ratio') }} as probability,
        built_seq,
        built_at
    from ratios

)

select * from counted
