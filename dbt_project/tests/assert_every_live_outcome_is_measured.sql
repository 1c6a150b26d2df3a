-- A row here means that nobody knows how fresh a live session was, and averages leave it out.
select
    live.session_id,
    live.version
from {{ ref('stg_ingest__sessions') }} as live
left join {{ ref('fct_session_freshness') }} as measured
    on
        live.session_id = measured.session_id
        and live.version = measured.version
where
    live.status <> 'scheduled'
    and not live.is_backfill
    and live.ingest_seq <= {{ landed_seq() }}
    and measured.session_id is null
