{{ config(tags='nightly') }}

{% set factors = case_mix_factors() %}
{% set prior_n = var('case_mix_prior_sessions') %}
{% set steps = var('case_mix_sweeps') | int * factors | length %}

with

cells as (

    select * from {{ ref('int_case_mix_weeks') }}

),

-- all weeks and outcomes are fitted side by side, each from the rate that was known of its own
step_0 {{ as_kept() }} (

    select
        cells.*,
        priors.prior_rate,
        priors.ridge,
        ln(
            (sum(long_y) over outcome_weeks + {{ prior_n }} * priors.prior_rate)
            / (sum(long_n - long_y) over outcome_weeks + {{ prior_n }} * (1 - priors.prior_rate))
        ) as eta,
    {% for factor in factors %}
        cast(0 as double) as effect_{{ factor }}{{ ',' if not loop.last }}
    {% endfor %}
    from cells
    inner join {{ ref('outcome_priors') }} as priors
        on cells.outcome = priors.outcome
    window outcome_weeks as (partition by cells.outcome, cells.fit_week)

),

{% for number in range(1, steps + 1) %}
    {{ case_mix_step(number, factors[(number - 1) % (factors | length)]) }},
{% endfor %}

-- the level of the platform follows the last weeks
levelled as (

    select
        *,
        sum(short_y - short_n * {{ chance('eta') }}) over outcome_weeks
        / (
            sum(short_n * {{ chance('eta') }} * (1 - {{ chance('eta') }})) over outcome_weeks
            + {{ var('platform_level_sessions') }} * prior_rate * (1 - prior_rate)
        ) as level_shift
    from step_{{ steps }}
    window outcome_weeks as (partition by outcome, fit_week)

),

fits as (

    select
        *,
        eta + level_shift - ({{ sum_of_effects() }}) as platform_level,
        {{ chance('eta + level_shift') }} as expected
    from levelled

)

select * from fits
