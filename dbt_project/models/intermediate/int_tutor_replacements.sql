{{ config(tags=['nightly']) }}

with

sessions as (

    {{ churn_sessions() }}

),

placed as (

    select
        student_id,
        coalesce(subject, '') as subject,
        tutor_id,
        session_date,
        is_tutor_no_show,
        row_number() over (
            partition by student_id, subject, tutor_id
            order by scheduled_start desc, session_id desc
        ) as recency,
        min(session_date) over (partition by student_id, subject, tutor_id) as first_date
    from sessions
    where is_activity

),

engagements as (

    select
        student_id,
        subject,
        tutor_id,
        first_date,
        session_date as last_date,
        is_tutor_no_show as is_after_no_show
    from placed
    where recency = 1

),

-- the former tutor has not come back, and the new one had not begun before
tutor_replacements as (

    select
        former.student_id,
        former.subject,
        former.tutor_id,
        former.last_date,
        former.is_after_no_show,
        min(later.first_date) as replaced_on
    from engagements as former
    inner join engagements as later
        on
            former.student_id = later.student_id
            and former.subject = later.subject
            and former.tutor_id <> later.tutor_id
            and former.last_date < later.first_date
            and {{ days_between('former.last_date', 'later.first_date') }}
            <= {{ retention_var('churn_silence_days') }}
    where {{ week_number('former.last_date') }} + 4 <= {{ last_closed_week() }}
    group by 1, 2, 3, 4, 5

)

select * from tutor_replacements
