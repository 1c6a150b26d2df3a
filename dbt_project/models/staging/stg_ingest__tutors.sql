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
        received_at

    from source

)

select * from renamed
