{{ config(tags=['nightly']) }}

with

risk_weeks as (

    select * from {{ ref('int_tutor_risk_weeks') }}
    where week_number > {{ last_closed_week() }} - {{ retention_var('churn_history_weeks') }}

),

hazards as (

    select * from {{ ref('int_tutor_hazards') }}

),

told as (

    select
        risk_weeks.tutor_id,
        {{ churn_facts(['idle_weeks', 'trend', 'trouble', 'tenure']) }}
    from risk_weeks
    left join hazards
        on
            risk_weeks.week_number = hazards.week_number
            and risk_weeks.idle_weeks = hazards.idle_weeks
            and risk_weeks.trouble = hazards.trouble
            and risk_weeks.trend = hazards.trend
            and risk_weeks.tenure = hazards.tenure

),

fct_tutor_churn as (

    select
        told.*,
        {{ churn_reasons({
            'idle_weeks': idle_words(),
            'trend': "case trend "
                ~ "when 'far_below' then 'over 30 % fewer sessions than usual' "
                ~ "when 'below' then 'over 20 % fewer sessions than usual' "
                ~ "when 'a_little_below' then 'over 10 % fewer sessions than usual' "
                ~ "when 'unknown' then 'no usual number of sessions yet' else 'as many sessions as usual' end",
            'trouble': "case trouble "
                ~ "when 'more_reschedules' then 'moves more sessions than before' "
                ~ "when 'rating_drop' then 'lower ratings than before' else 'nothing unusual' end",
            'tenure': "case tenure "
                ~ "when 'new' then 'here for less than three months' "
                ~ "when 'months' then 'here for less than a year' else 'here for a year or more' end",
        }) }} as reason_text
    from told

)

select * from fct_tutor_churn
