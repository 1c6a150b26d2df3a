with

source as (

    select * from {{ source('flows', 'publications') }}

),

renamed as (

    select
        set_number,
        ingest_seq,
        published_at
    from source

),

known as (

    select * from renamed
    where {{ is_known_by('published_at') }}

)

select * from known
