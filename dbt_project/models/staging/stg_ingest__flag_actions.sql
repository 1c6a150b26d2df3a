with

source as (

    select * from {{ source('ingest', 'flag_actions') }}

),

renamed as (

    select
        -- ids
        action_id,
        version,
        flag_id,

        -- what was done, and by whom
        action,
        sender as acted_by,
        agrees,
        assignee,
        until as snoozed_until,
        until_sessions,
        until_worse,
        reason_code,
        note,

        -- landing
        ingest_seq,
        received_at,
        sent_at,
        is_backfill

    from source

),

known as (

    select * from renamed
    where {{ is_known_by('received_at') }}

)

select * from known
