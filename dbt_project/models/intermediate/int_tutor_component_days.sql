{{ config(materialized='incremental', unique_key='score_date') }}

with

measured as (

    select * from {{ ref('int_tutor_count_ratios') }}
    union all
    select * from {{ ref('int_tutor_rating_ratios') }}

),

fresh as (

    select * from measured
    {% if is_incremental() %}
        where score_date >= {{ first_changed_date() }}
    {% endif %}

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
        coalesce({{ ratio_points('ratio_low', 'weight', 'steepness') }}, 0) as points_high,
        {{ newest_built_seq() }} as built_seq
    from fresh

)

select * from component_days
