with

ranked as (

    select
        *,
        row_number() over (
            partition by tutor_id
            order by version desc, ingest_seq desc
        ) as recency
    from {{ ref('stg_ingest__tutors') }}
    where ingest_seq <= {{ landed_seq() }}

),

latest as (

    select
        tutor_id,
        version,
        display_name,
        started_on,
        subjects,
        time_zone,
        region,
        left_on,
        manager_email,
        ingest_seq
    from ranked
    where recency = 1

)

select * from latest
