-- A row here means that what somebody did is not in the audit trail, or is there twice.
with

sent as (

    select distinct action_id
    from {{ ref('stg_ingest__flag_actions') }}
    where
        ingest_seq <= {{ landed_seq() }}
        and least(coalesce(sent_at, received_at), received_at) <= {{ as_of() }}

),

kept as (

    select
        action_id,
        count(*) as row_count
    from {{ ref('fct_flag_actions') }}
    group by 1

)

select
    coalesce(sent.action_id, kept.action_id) as action_id,
    kept.row_count
from sent
full outer join kept
    on sent.action_id = kept.action_id
where
    sent.action_id is null
    or kept.row_count is null
    or kept.row_count > 1
