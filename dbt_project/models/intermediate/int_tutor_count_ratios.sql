{{ config(materialized='ephemeral') }}

{% set counted = {
    'reliability': 'reliability_harm', 'attendance': 'attendance_harm', 'first_sessions': 'first_sessions',
} %}
{% set z = 1.645 %}
{% set shape = '((observed + prior_strength) / phi)' %}
{% set scale = '((expected + prior_strength) / phi)' %}

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

counts as (

    {% for component, harm in counted.items() %}
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
        components.prior_strength,
        (counts.observed + components.prior_strength)
        / (counts.expected + components.prior_strength) as ratio,
        (counts.harm_observed + components.prior_strength)
        / (counts.harm_expected + components.prior_strength) as harm_ratio
    from counts
    inner join {{ ref('score_components') }} as components
        on counts.component = components.component
    inner join platform_rates
        on
            counts.score_date = platform_rates.score_date
            and counts.component = platform_rates.outcome

),

spread as (

    select
        *,
        {{ poisson_phi('platform_rate * ratio') }} as phi
    from ratios

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
    from spread

)

select * from counted
