{{ config(tags='nightly') }}

with

freshness as (

    select * from {{ ref('fct_session_freshness') }}

),

rpt_freshness_days as (

    select
        received_date,
        count(*) as session_count,
        {{ count_if('told_at is not null') }} as told_count,
        {{ count_if('mailed_at is not null') }} as mailed_count,
        {{ count_if('is_within_promise') }} as within_promise_count,
        {{ count_if('not is_within_promise') }} as beyond_promise_count,
        {{ count_if('is_within_ours') }} as within_ours_count,
        {{ count_if('not is_within_ours') }} as beyond_ours_count,
        {{ duration_quantiles(['receive', 'score', 'mail', 'arrival_to_told', 'end_to_told']) }}
    from freshness
    group by 1

)

select * from rpt_freshness_days
