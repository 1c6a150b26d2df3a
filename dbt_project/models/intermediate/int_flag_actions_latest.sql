{{ config(materialized='ephemeral') }}

-- nobody acted after the action was received, whatever the sender's clock says
with

known as (

    select
        *,
        least(coalesce(sent_at, received_at), received_at) as acted_at
    from {{ ref('stg_ingest__flag_actions') }}
    where
        ingest_seq <= {{ landed_seq() }}
        and least(coalesce(sent_at, received_at), received_at) <= {{ as_of() }}

),

ranked as (

    select
        *,
        {{ business_date('acted_at') }} as acted_on,
        row_number() over (
            partition by action_id
            order by version desc, ingest_seq desc
        ) as recency
    from known

),

-- a flag's id is tutor|kind|day, and an id of ours has no bar in it
parsed as (

    select
        *,
        nullif(split_part(flag_id, '|', 1), '') as tutor_id,
        nullif(split_part(flag_id, '|', 2), '') as kind,
        split_part(flag_id, '|', 3) as opened_text
    from ranked
    where recency = 1

),

latest as (

    select
        action_id,
        version,
        flag_id as named_flag_id,
        case when kind is not null then tutor_id end as tutor_id,
        kind,
        case opened_text
            when 'earlier' then {{ flag_history_start() }}
            else {{ date_or_null('opened_text') }}
        end as named_on,
        action,
        acted_by,
        acted_at,
        acted_on,
        agrees,
        assignee,
        case
            when action = 'snooze'
                then coalesce(snoozed_until, acted_at + case
                    when until_sessions is not null or until_worse then interval '90' day
                    else interval '7' day
                end)
        end as snoozed_until,
        until_sessions,
        coalesce(until_worse, false) as until_worse,
        reason_code,
        note,
        action in ('acknowledge', 'assign', 'resolve')
        or (action = 'note' and reason_code is not null) as is_intervention,
        ingest_seq,
        received_at
    from parsed

)

select * from latest
