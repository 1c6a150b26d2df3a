{{ config(tags=['nightly']) }}

with

risk_weeks as (

    select * from {{ ref('int_tutor_risk_weeks') }}

),

{{ churn_hazards(['idle_weeks', 'trend', 'trouble', 'tenure']) }}

select * from hazards
