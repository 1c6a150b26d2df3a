{{ config(tags=['nightly']) }}

with

weeks as (

    select
        *,
        row_number() over (partition by tutor_id order by week_end desc) = 1 as is_newest
    from {{ ref('fct_tutor_churn') }}
    where
        state = 'told'
        and platform_probability > 0

),

-- a closed week holds for the next one, and the newest until a later one is told
days as (

    {{ number_spine(1, 14, 'days_after') }}

),

rules as (

    select * from {{ ref('flag_kinds') }}
    where component = 'churn'

),

dated as (

    select
        weeks.*,
        rules.component,
        rules.flag_ratio,
        {{ days_before('weeks.week_end', '-days.days_after') }} as score_date,
        weeks.leaving_probability / weeks.platform_probability as ratio,
        weeks.leaving_probability_low / weeks.platform_probability as ratio_low,
        weeks.leaving_probability_high / weeks.platform_probability as ratio_high
    from weeks
    cross join rules
    inner join days
        on days.days_after <= 7 or weeks.is_newest

),

churn_days as (

    select
        tutor_id,
        score_date,
        component,
        cast(known_count as double) as trials,
        known_count * leaving_probability as observed,
        known_count * platform_probability as expected,
        platform_probability as platform_rate,
        ratio,
        ratio_low,
        ratio_high,
        leaving_probability as rate,
        leaving_probability_low as rate_low,
        leaving_probability_high as rate_high,
        cast(null as decimal(5, 1)) as points,
        {{ normal_exceedance('ln') }} as probability,
        {{ as_of() }} as built_at
    from dated

)

select * from churn_days
