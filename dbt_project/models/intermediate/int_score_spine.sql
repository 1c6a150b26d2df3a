{{ config(materialized='ephemeral') }}

with

tutors as (

    select tutor_id from {{ ref('dim_tutors') }}

),

first_day as (

    select coalesce(min(session_date), {{ as_of_date() }}) as session_date
    from {{ ref('fct_tutor_days') }}

),

bounds as (

    select
        greatest(
            {{ days_before(as_of_date(), var('score_history_days')) }},
            least(session_date, {{ as_of_date() }})
        ) as first_date,
        {{ as_of_date() }} as last_date
    from first_day

),

dates as (

    {{ day_spine('bounds.first_date', 'bounds.last_date') }}
    from bounds

),

spine as (

    select
        tutors.tutor_id,
        dates.score_date
    from tutors
    cross join dates

)

select * from spine
