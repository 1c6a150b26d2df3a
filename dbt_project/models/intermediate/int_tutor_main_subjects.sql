{{ config(tags=['nightly']) }}

with

taught as (

    select
        tutor_id,
        subject,
        count(*) as session_count
    from {{ ref('fct_sessions') }}
    where
        subject is not null
        and status <> 'scheduled'
        and session_date
        between {{ days_before(as_of_date(), var('window_days') | int - 1) }}
        and {{ as_of_date() }}
    group by 1, 2

),

ranked as (

    select
        *,
        row_number() over (
            partition by tutor_id
            order by session_count desc, subject asc
        ) as place
    from taught

),

main_subjects as (

    select
        tutor_id,
        subject as main_subject
    from ranked
    where place = 1

)

select * from main_subjects
