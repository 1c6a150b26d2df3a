with

source as (

    select * from {{ source('flows', 'reviews') }}

),

renamed as (

    select
        -- ids
        session_id,
        version,
        rubric,

        -- what was found, and by whom
        grader,
        status,
        reason,
        points,
        items,
        findings,
        refused_count,

        -- landing
        reviewed_at

    from source

),

known as (

    select * from renamed
    where {{ is_known_by('reviewed_at') }}

)

select * from known
