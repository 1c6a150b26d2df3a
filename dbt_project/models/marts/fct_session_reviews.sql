{{ config(tags=['nightly']) }}

with

reviews as (

    select * from {{ ref('stg_flows__reviews') }}

),

sessions as (

    select * from {{ ref('fct_sessions') }}

),

-- a corrected text is reviewed anew, and a new rubric speaks after the old one
ordered as (

    select
        *,
        row_number() over (
            partition by session_id order by version desc, reviewed_at desc, rubric desc
        ) as place
    from reviews

),

fct_session_reviews as (

    select
        ordered.session_id,
        ordered.version,
        sessions.tutor_id,
        sessions.session_date,
        ordered.grader,
        ordered.rubric,
        ordered.status,
        ordered.reason,
        ordered.points,
        ordered.items,
        ordered.findings,
        ordered.refused_count,
        ordered.reviewed_at
    from ordered
    inner join sessions on ordered.session_id = sessions.session_id
    where ordered.place = 1

)

select * from fct_session_reviews
