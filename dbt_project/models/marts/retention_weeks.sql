{{ config(
    materialized='table_function',
    parameters=['who', 'cohort_by'],
    contract={'enforced': false},
) }}

with

visits as (

    select
        case when who = 'tutors' then tutor_id else student_id end as person_id,
        session_date,
        scheduled_start,
        case cohort_by
            when 'month' then left(cast(session_date as varchar), 7)
            when 'subject' then coalesce(subject, 'not told')
            when 'grade_level' then coalesce(grade_level, 'not told')
            else 'all'
        end as cohort
    from {{ ref('fct_sessions') }}
    where status = 'completed'

),

starts as (

    select
        person_id,
        min(session_date) as started_on,
        min_by(cohort, scheduled_start) as cohort
    from visits
    group by 1

),

came as (

    select distinct
        visits.person_id,
        {{ whole_weeks('starts.started_on', 'visits.session_date') }} as week_number
    from visits
    inner join starts
        on visits.person_id = starts.person_id

),

fresh as (

    select
        as_of,
        {{ business_date('as_of') }} as today
    from {{ ref('rpt_freshness') }}

),

numbers as (

    {{ number_spine(0, 520, 'week_number') }}

),

-- a week counts for who has seen the whole of it
weeks as (

    select
        starts.person_id,
        starts.cohort,
        fresh.as_of,
        numbers.week_number
    from starts
    cross join fresh
    inner join numbers
        on numbers.week_number < {{ whole_weeks('starts.started_on', 'fresh.today') }}

),

counted as (

    select
        weeks.cohort,
        weeks.week_number,
        count(*) as person_count,
        count(came.person_id) as came_count,
        max(weeks.as_of) as as_of
    from weeks
    left join came
        on
            weeks.person_id = came.person_id
            and weeks.week_number = came.week_number
    group by 1, 2

)

select
    *,
    cast(came_count as double) / person_count as came_rate,
    {{ wilson_bound('came_count', 'person_count', -1.645) }} as came_rate_low,
    {{ wilson_bound('came_count', 'person_count', 1.645) }} as came_rate_high
from counted
