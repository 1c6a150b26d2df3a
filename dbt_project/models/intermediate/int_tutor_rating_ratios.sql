{{ config(materialized='ephemeral') }}

{% set z = 1.645 %}

with

evidence as (

    select * from {{ ref('int_tutor_evidence_days') }}

),

components as (

    select * from {{ ref('score_components') }}

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

)

select * from rated
