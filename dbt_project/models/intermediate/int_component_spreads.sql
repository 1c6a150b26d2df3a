{{ config(tags='nightly') }}

{% set prior_n = var('spread_prior_tutors') %}
{% set prior_weight = 5 %}

with

counts as (

    select * from {{ ref('int_tutor_known_counts') }}
    where expected > 0.001

),

-- the noise of a ratio is what chance gives; whose noise is large says little of the spread
ratios as (

    select
        counts.outcome,
        counts.fit_week,
        components.prior_strength,
        counts.observed / counts.expected as ratio,
        counts.variance / power(counts.expected, 2) as noise,
        1 / (counts.variance / power(counts.expected, 2) + 0.1) as weight
    from counts
    inner join {{ ref('score_components') }} as components
        on counts.outcome = components.component

),

centred as (

    select
        *,
        (sum(weight * ratio) over weeks + {{ prior_n * prior_weight }})
        / (sum(weight) over weeks + {{ prior_n * prior_weight }}) as typical_ratio
    from ratios
    window weeks as (partition by outcome, fit_week)

),

-- Method of moments: what ratios vary beyond chance. The seed's strength counts for some tutors.
moments as (

    select
        outcome,
        fit_week,
        max(typical_ratio) as typical_ratio,
        count(*) as tutor_count,
        sum(power(weight, 2) * (power(ratio - typical_ratio, 2) - typical_ratio * noise))
            as excess,
        sum(power(weight, 2)) as weights,
        sqrt(2 * sum(power(weight, 4) * power(noise, 2))) as excess_error,
        {{ prior_n * prior_weight ** 2 }} / max(prior_strength) as prior_excess
    from centred
    group by outcome, fit_week

),

spreads as (

    select
        *,
        (excess + prior_excess) / (weights + {{ prior_n * prior_weight ** 2 }}) as measured_spread,
        (excess + 1.645 * excess_error) / weights as spread_high
    from moments

),

-- where tutors differ no more than chance makes them, nobody is far from the platform
judged as (

    select
        *,
        spread_high < {{ var('even_spread') }} as is_even,
        case
            when spread_high < {{ var('even_spread') }} then 0.005
            else greatest(measured_spread, 0.005)
        end as spread
    from spreads

),

priors as (

    select
        outcome,
        fit_week,
        tutor_count,
        typical_ratio,
        spread,
        spread_high,
        is_even,
        power(typical_ratio, 2) / (spread * {{ var('spread_today') }}) as prior_observed,
        typical_ratio / (spread * {{ var('spread_today') }}) as prior_expected
    from judged

)

select * from priors
