with

source as (

    select * from {{ source('ingest', 'tutors') }}

),

renamed as (

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
        ingest_seq,
        received_at,
        -- as for sessions; a profile of history without a date was known when its tutor began
        case
            when is_backfill
                then least(
                    received_at,
                    coalesce(sent_at, cast(started_on as timestamptz), received_at)
                )
            else received_at
        end as known_at

    from source

),

known as (

    select * from renamed
    where {{ is_known_by('known_at') }}

)

select * from known
