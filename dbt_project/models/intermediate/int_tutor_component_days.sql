{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='score_date'
) }}

{% set counted = {
    'reliability': ('session_count', 'tutor_change_count'),
    'attendance': ('due_count', 'attendance_incident_count'),
    'first_sessions': ('judged_first_session_count', 'poor_first_session_count'),
} %}
{% set z = 1.645 %}
{% set shape = '((observed + prior_strength) / phi)' %}
{% set scale = '((expected + prior_strength) / phi)' %}

with

evidence as (

    select * from {{ ref('int_tutor_evidence_days') }}
    {% if is_incremental() %}
        where score_date >= (select max(known.score_date) from {{ this }} as known)
    {% endif %}

),

components as (

    select * from {{ ref('score_components') }}

),

counts as (

    {% for component, (trials, events) in counted.items() %}
        select
            tutor_id,
            score_date,
            '{{ component }}' as component,
            {{ trials }} as trials,
            {{ events }} as observed,
            sum({{ events }}) over all_tutors
            / nullif(sum({{ trials }}) over all_tutors, 0) as platform_rate
        from evidence
        window all_tutors as (partition by score_date)
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

ratios as (

    select
        counts.*,
        components.weight,
        components.steepness,
        components.flag_ratio,
        components.prior_strength,
        counts.trials * coalesce(counts.platform_rate, 0) as expected,
        {{ poisson_phi('coalesce(counts.platform_rate, 0)') }} as phi
    from counts
    inner join components
        on counts.component = components.component

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
        {{ shape }} / {{ scale }} as ratio,
        {{ gamma_quantile(shape, scale, -z) }} as ratio_low,
        {{ gamma_quantile(shape, scale, z) }} as ratio_high,
        {{ gamma_exceedance(shape, scale, 'flag_ratio') }} as probability
    from ratios

),

rating_means as (

    select
        tutor_id,
        score_date,
        rating_count as trials,
        rating_sum as observed,
        sum(rating_sum) over all_tutors
        / nullif(sum(rating_count) over all_tutors, 0) as platform_mean,
        sum(rating_square_sum) over all_tutors
        / nullif(sum(rating_count) over all_tutors, 0) as platform_square_mean
    from evidence
    window all_tutors as (partition by score_date)

),

-- Bayesian average: the platform's mean counts as that many ratings
shrunk as (

    select
        rating_means.*,
        (observed + {{ var('rating_prior') }} * platform_mean)
        / (trials + {{ var('rating_prior') }}) as mean_rating,
        sqrt(
            greatest(platform_square_mean - platform_mean * platform_mean, 0.01)
            / (trials + {{ var('rating_prior') }})
        ) as mean_sd
    from rating_means

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
        exp((platform_mean - mean_rating) / 0.5) as ratio,
        exp((platform_mean - mean_rating - {{ z }} * mean_sd) / 0.5) as ratio_low,
        exp((platform_mean - mean_rating + {{ z }} * mean_sd) / 0.5) as ratio_high,
        1 - {{ normal_cdf(
            '(0.5 * ln(components.flag_ratio) - (platform_mean - mean_rating)) / mean_sd'
        ) }} as probability
    from shrunk
    inner join components
        on components.component = 'quality'

),

measured as (

    select * from counted
    union all
    select * from rated

),

component_days as (

    select
        *,
        case component
            when 'quality' then platform_rate - 0.5 * ln(ratio)
            else ratio * platform_rate
        end as rate,
        case component
            when 'quality' then greatest(platform_rate - 0.5 * ln(ratio_high), 1)
            else ratio_low * platform_rate
        end as rate_low,
        case component
            when 'quality' then least(platform_rate - 0.5 * ln(ratio_low), 5)
            else least(ratio_high * platform_rate, 1)
        end as rate_high,
        cast(
            round(coalesce({{ ratio_points('ratio', 'weight', 'steepness') }}, 0), 1)
            as decimal(5, 1)
        ) as points,
        coalesce({{ ratio_points('ratio_high', 'weight', 'steepness') }}, 0) as points_low,
        coalesce({{ ratio_points('ratio_low', 'weight', 'steepness') }}, 0) as points_high
    from measured

)

select * from component_days
