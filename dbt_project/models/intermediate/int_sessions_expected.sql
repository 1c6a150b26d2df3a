{{ config(materialized='ephemeral') }}

{% set factors = case_mix_factors() %}

with

sessions as (

    select
        *,
        coalesce(subject, 'not told') as subject_level
    from {{ ref('int_sessions_attributed') }}

),

effects as (

    select * from {{ ref('int_case_mix_effects') }}

),

dated as (

    select
        *,
        least(
            {{ fit_week_of('least(session_date, ' ~ business_date('known_at') ~ ')') }},
            (select max(effects.fit_week) from effects)
        ) as fit_week
    from sessions

),

expected as (

    select
        dated.*,
    {% for outcome in outcomes('x', 'x') %}
            {{ chance(
                "coalesce(platform." ~ outcome ~ ", " ~ prior_logit(outcome) ~ ")"
                ~ effects_of(outcome)
            ) }} as expected_{{ outcome }}{{ ',' if not loop.last }}
    {% endfor %}
    from dated
    left join effects as platform
        on
            dated.fit_week = platform.fit_week
            and platform.factor = 'platform'
    {% for factor in factors %}
        left join effects as {{ factor }}_effects
            on
                dated.fit_week = {{ factor }}_effects.fit_week
                and {{ factor }}_effects.factor = '{{ factor }}'
                and dated.{{ 'subject_level' if factor == 'subject' else factor }}
                = {{ factor }}_effects.factor_level
    {% endfor %}

)

select * from expected
