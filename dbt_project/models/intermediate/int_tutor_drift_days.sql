{{ config(materialized='incremental', unique_key=['tutor_id', 'score_date']) }}

{% set z = 1.645 %}
{% set phi = poisson_phi('platform_rate * ratio') %}

with

evidence as (

    select * from {{ ref('int_tutor_evidence_days') }}
    {% if is_incremental() %}
        where {{ is_made_now() }}
    {% endif %}

),

-- The long memory less the short one is the tutor's past without the last weeks. What is expected
-- now is what that past would have come to in the slots of the last weeks; the less there is of it,
-- the more all that is known of the tutor stands in for it.
lately as (

    select
        evidence.tutor_id,
        evidence.score_date,
        rules.component,
        evidence.fast_n as trials,
        evidence.fast_o as observed,
        evidence.fast_e,
        greatest(evidence.slow_e - evidence.fast_e, 0) as past_expected,
        evidence.fast_e * (greatest(evidence.slow_o - evidence.fast_o, 0) + 2 * {{ slow_ratio() }})
        / (greatest(evidence.slow_e - evidence.fast_e, 0) + 2) as expected,
        rules.prior_strength,
        rules.flag_ratio,
        evidence.built_at
    from evidence
    inner join {{ ref('flag_kinds') }} as rules
        on rules.component = 'drift'

),

ratios as (

    select
        *,
        (observed + prior_strength) / (expected + prior_strength) as ratio,
        coalesce(expected / nullif(trials, 0), 0) as platform_rate
    from lately

),

spread as (

    select
        *,
        (observed + prior_strength) / {{ phi }} as shape,
        (expected + prior_strength) / {{ phi }} as scale,
        (fast_e + prior_strength) / {{ phi }} as platform_scale
    from ratios

),

-- worse than the own past, and not only back from a good one to where the platform is
judged as (

    select
        *,
        {{ gamma_quantile('shape', 'scale', -z) }} as ratio_low,
        {{ gamma_quantile('shape', 'scale', z) }} as ratio_high,
        case
            when past_expected < {{ var('drift_past_expected') }} then 0
            else
                least(
                    {{ gamma_exceedance('shape', 'scale', 'flag_ratio') }},
                    {{ gamma_exceedance('shape', 'platform_scale', '1.0') }}
                )
        end as probability
    from spread

),

drift_days as (

    select
        {% for column in [
            'tutor_id', 'score_date', 'component', 'trials', 'observed', 'expected',
            'platform_rate', 'ratio', 'ratio_low', 'ratio_high', 'probability', 'built_at',
        ] %}
            {{ column }},
        {% endfor %}
        ratio * platform_rate as rate,
        ratio_low * platform_rate as rate_low,
        least(ratio_high * platform_rate, 1) as rate_high,
        cast(null as decimal(5, 1)) as points
    from judged

)

select * from drift_days
