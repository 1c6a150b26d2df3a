{{ config(tags=['nightly']) }}

with

risk_weeks as (

    select * from {{ ref('int_student_risk_weeks') }}
    where week_number > {{ last_closed_week() }} - {{ retention_var('churn_history_weeks') }}

),

hazards as (

    select * from {{ ref('int_student_hazards') }}

),

told as (

    select
        risk_weeks.student_id,
        {{ churn_facts(['idle_weeks', 'trouble', 'trend', 'tenure']) }}
    from risk_weeks
    left join hazards
        on
            risk_weeks.week_number = hazards.week_number
            and risk_weeks.idle_weeks = hazards.idle_weeks
            and risk_weeks.trouble = hazards.trouble
            and risk_weeks.trend = hazards.trend
            and risk_weeks.tenure = hazards.tenure

),

fct_student_churn as (

    select
        told.*,
        {{ churn_reasons({
            'idle_weeks': idle_words(),
            'trouble': "case trouble "
                ~ "when 'tutor_no_show' then 'the tutor was absent' "
                ~ "when 'poor_first_session' then 'a poor first session' "
                ~ "when 'rating_drop' then 'a lower rating than before' "
                ~ "when 'student_absence' then 'the student was absent' "
                ~ "when 'tutor_reschedule' then 'the tutor moved a session' "
                ~ "else 'nothing went wrong' end",
            'trend': "case trend "
                ~ "when 'seldom' then 'two sessions or fewer in four weeks' "
                ~ "when 'falling' then 'fewer sessions than usual' "
                ~ "when 'often' then 'many sessions' else 'a steady pace' end",
            'tenure': "case tenure "
                ~ "when 'new' then 'new in the last two weeks' "
                ~ "when 'weeks' then 'here for less than eight weeks' "
                ~ "when 'months' then 'here for less than half a year' else 'here for long' end",
        }) }} as reason_text
    from told

)

select * from fct_student_churn
