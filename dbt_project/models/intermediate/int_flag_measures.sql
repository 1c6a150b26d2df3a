{{ config(materialized='view') }}

{% set columns = [
    'tutor_id', 'score_date', 'component', 'trials', 'observed', 'expected', 'platform_rate',
    'ratio', 'ratio_low', 'ratio_high', 'rate', 'rate_low', 'rate_high', 'points', 'probability',
    'built_at',
] %}

with

measures as (

    select {{ columns | join(', ') }} from {{ ref('int_tutor_component_days') }}
    union all
    select {{ columns | join(', ') }} from {{ ref('int_tutor_drift_days') }}
    union all
    select {{ columns | join(', ') }} from {{ ref('int_tutor_churn_days') }}

)

select * from measures
