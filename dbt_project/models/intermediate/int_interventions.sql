{{ config(materialized='ephemeral') }}

with

actions as (

    select
        *,
        case kind when 'drift' then 'reliability' else kind end as component
    from {{ ref('fct_flag_actions') }}
    where is_intervention

),

components as (

    select component from {{ ref('score_components') }}

),

horizons as (

    select 28 as horizon_days
    union all
    select 56 as horizon_days

),

interventions as (

    select
        actions.*,
        horizons.horizon_days,
        {{ days_before('actions.acted_on', 28) }} as starts_on,
        {{ days_before('actions.acted_on', '-horizons.horizon_days') }} as ends_on
    from actions
    inner join components
        on actions.component = components.component
    cross join horizons

)

select * from interventions
