with

source as (

    select * from {{ source('flows', 'deliveries') }}

),

renamed as (

    select
        session_id,
        version,
        sent_at
    from source

),

known as (

    select * from renamed
    where {{ is_known_by('sent_at') }}

)

select * from known
