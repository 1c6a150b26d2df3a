{{ config(materialized='incremental', unique_key='slot_bucket') }}

with

{% if is_incremental() %}

    touched as (

        select slot_bucket from {{ ref('int_sessions_latest') }}
        where ingest_seq > {{ built_upto() }}
        union distinct
        select {{ time_bucket('replaced_start', var('outage_bucket_minutes')) }} as slot_bucket
        from {{ ref('int_sessions_latest') }}
        where ingest_seq > {{ built_upto() }}

    ),

{% endif %}

counted as (

    select
        slot_bucket,
        count(*) as session_count,
        {{ count_if(is_failing()) }} as failed_count
    from {{ ref('int_sessions_latest') }}
    where
        status <> 'scheduled'
        and {{ 'slot_bucket in (select slot_bucket from touched)' if is_incremental() else 'true' }}
    group by 1

),

-- a bucket that lost its sessions keeps a row
buckets as (

    {% if is_incremental() %}
        select
            touched.slot_bucket,
            known.outage_reason as replaced_reason,
            coalesce(counted.session_count, 0) as session_count,
            coalesce(counted.failed_count, 0) as failed_count
        from touched
        left join counted
            on touched.slot_bucket = counted.slot_bucket
        left join {{ this }} as known
            on touched.slot_bucket = known.slot_bucket
        where touched.slot_bucket is not null
    {% else %}
        select
            slot_bucket,
            cast(null as varchar) as replaced_reason,
            session_count,
            failed_count
        from counted
    {% endif %}

),

declared as (

    select distinct buckets.slot_bucket
    from buckets
    inner join {{ ref('platform_outages') }} as outages
        on
            buckets.slot_bucket < outages.ended_at
            and {{ minutes_after('buckets.slot_bucket', var('outage_bucket_minutes')) }}
            > outages.started_at

),

judged as (

    select
        buckets.*,
        case
            when declared.slot_bucket is not null then 'declared'
            when
                buckets.session_count >= {{ var('outage_sessions') }}
                and buckets.failed_count >= {{ var('outage_share') }} * buckets.session_count
                then 'many failures at once'
        end as outage_reason,
        coalesce({{ newest_record(ref('int_sessions_latest'), 'ingest_seq') }}, 0) as built_seq
    from buckets
    left join declared
        on buckets.slot_bucket = declared.slot_bucket

)

select * from judged
