{{ config(tags=['nightly']) }}

with

risk_weeks as (

    select * from {{ ref('int_student_risk_weeks') }}

),

{{ churn_hazards(['idle_weeks', 'trouble', 'trend', 'tenure']) }}

select * from hazards
