with

profiles as (

    select * from {{ ref('int_tutor_profiles_latest') }}

),

activity as (

    select
        tutor_id,
        min(session_date) as first_session_date,
        max(session_date) as last_session_date,
        cast(sum(session_count) as bigint) as session_count
    from {{ ref('fct_tutor_days') }}
    where
        session_date <= {{ as_of_date() }}
        and last_ingest_seq is not null
    group by 1

),

known as (

    select tutor_id from {{ ref('fct_tutor_days') }}
    where last_ingest_seq is not null
    union distinct
    select tutor_id from {{ ref('fct_sessions') }}
    where status = 'scheduled'
    union distinct
    select tutor_id from profiles

),

dim_tutors as (

    select
        known.tutor_id,
        coalesce(profiles.display_name, known.tutor_id) as display_name,
        profiles.started_on,
        coalesce(profiles.subjects, []) as subjects,
        profiles.time_zone,
        profiles.region,
        profiles.left_on,
        profiles.manager_email,
        activity.first_session_date,
        activity.last_session_date,
        coalesce(activity.session_count, 0) as session_count,
        {{ days_between(
            'coalesce(profiles.started_on, activity.first_session_date)',
            as_of_date()
        ) }} as tenure_days
    from known
    left join profiles
        on known.tutor_id = profiles.tutor_id
    left join activity
        on known.tutor_id = activity.tutor_id

)

select * from dim_tutors
