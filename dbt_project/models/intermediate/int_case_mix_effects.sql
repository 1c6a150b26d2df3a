{{ config(tags='nightly') }}

{% set outcome_names = outcomes('x', 'x').keys() | list %}

with

fits as (

    select * from {{ ref('int_case_mix_fits') }}

),

effects as (

    {% for factor in case_mix_factors() %}
        select
            fit_week,
            outcome,
            '{{ factor }}' as factor,
            {{ factor }} as factor_level,
            max(effect_{{ factor }}) as effect
        from fits
        group by 1, 2, 4
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

levels as (

    select
        fit_week,
        outcome,
        'platform' as factor,
        'all' as factor_level,
        platform_level as effect
    from {{ ref('int_platform_levels') }}

),

effects_by_level as (

    select
        fit_week,
        factor,
        factor_level,
    {% for outcome in outcome_names %}
        max(case when outcome = '{{ outcome }}' then effect end)
            as {{ outcome }}{{ ',' if not loop.last }}
    {% endfor %}
    from (
        select * from effects
        union all
        select * from levels
    ) as all_effects
    group by 1, 2, 3

)

select * from effects_by_level
