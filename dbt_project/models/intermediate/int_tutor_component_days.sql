{{ config(materialized='incremental', unique_key=['tutor_id', 'score_date']) }}

{% set scale = var('rating_scale') %}

with

measured as (

    select * from {{ ref('int_tutor_count_ratios') }}
    union all
    select * from {{ ref('int_tutor_rating_ratios') }}

),

-- the interval is that of the rate; the points weigh the same events by the harm they do
component_days as (

    select
        *,
        case component
            when 'quality' then platform_rate - {{ scale }} * ln(ratio)
            else ratio * platform_rate
        end as rate,
        case component
            when 'quality' then greatest(platform_rate - {{ scale }} * ln(ratio_high), 1)
            else ratio_low * platform_rate
        end as rate_low,
        case component
            when 'quality' then least(platform_rate - {{ scale }} * ln(ratio_low), 5)
            else least(ratio_high * platform_rate, 1)
        end as rate_high,
        cast(
            round({{ ratio_points('harm_ratio', 'weight', 'steepness') }}, 1)
            as decimal(5, 1)
        ) as points,
        {{ ratio_points('harm_ratio * ratio_high / ratio', 'weight', 'steepness') }} as points_low,
        {{ ratio_points('harm_ratio * ratio_low / ratio', 'weight', 'steepness') }} as points_high
    from measured

)

select * from component_days
order by score_date
