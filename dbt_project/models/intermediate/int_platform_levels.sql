{{ config(tags='nightly') }}

{% set outcome_names = outcomes('x', 'x').keys() | list %}
{% set prior_n = var('case_mix_prior_sessions') %}

with

fits as (

    select * from {{ ref('int_case_mix_fits') }}

),

levels as (

    select
        fit_week,
        outcome,
        max(platform_level) as platform_level,
        sum(long_n * expected) / sum(long_n) as platform_rate,
        -- what varies above or below a coin's share; 1 for counts of yes and no
        (
            sum(long_yy - 2 * long_y * expected + long_n * expected * expected)
            + {{ prior_n }} * prior_rate * (1 - prior_rate)
        ) / (
            sum(long_n * expected * (1 - expected)) + {{ prior_n }} * prior_rate * (1 - prior_rate)
        ) as dispersion
    from fits
    group by fit_week, outcome, prior_rate

)

select * from levels
