{{ config(materialized='ephemeral') }}

with

publications as (

    select * from {{ ref('stg_flows__publications') }}

),

-- history and plans are told nobody
live as (

    select
        session_id,
        version,
        ingest_seq
    from {{ ref('stg_ingest__sessions') }}
    where
        status <> 'scheduled'
        and not is_backfill
        and ingest_seq <= {{ landed_seq() }}

),

-- a workbench may be older than its notes; what its first noted set held was published before
first_noted as (

    select
        min(set_number) as set_number,
        min(ingest_seq) as ingest_seq
    from publications

),

steps as (

    select
        session_id,
        version,
        ingest_seq,
        cast(null as timestamptz) as published_at
    from live
    union all by name
    select
        ingest_seq,
        published_at
    from publications

),

-- the first set that goes as far as the record, or further
followed as (

    select
        session_id,
        version,
        ingest_seq,
        min(published_at)
            over (order by ingest_seq range between current row and unbounded following)
            as published_at
    from steps

),

int_sessions_scored as (

    select
        followed.session_id,
        followed.version,
        case
            when first_noted.set_number = 1 or followed.ingest_seq > first_noted.ingest_seq
                then followed.published_at
        end as scored_at
    from followed
    cross join first_noted
    where followed.session_id is not null

)

select * from int_sessions_scored
