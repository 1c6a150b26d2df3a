{{ config(materialized='ephemeral') }}

with

evidence as (

    select
        *,
        {{ days_between(flag_history_start(), 'score_date') }} as day_number
    from {{ ref('int_flag_evidence') }}

),

{{ flag_signals() }}

select * from signals
