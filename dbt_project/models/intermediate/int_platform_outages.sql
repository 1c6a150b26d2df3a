{{ config(materialized='incremental', unique_key='slot_bucket') }}

with

sessions as (

    select
        *,
        {{ time_bucket('scheduled_start', var('outage_bucket_minutes')) }} as slot_bucket
    from {{ ref('int_sessions_latest') }}
    where status <> 'scheduled'

),

{% if is_incremental() %}

    touched as (

        select slot_bucket from sessions
        where ingest_seq > {{ built_upto() }}
        union distinct
        select {{ time_bucket('replaced_start', var('outage_bucket_minutes')) }} as slot_bucket
        from sessions
        where ingest_seq > {{ built_upto() }}

    ),

{% endif %}

buckets as (

    select
        slot_bucket,
        count(*) as session_count,
        {{ count_if(is_failing()) }} as failed_count
    from sessions
    {% if is_incremental() %}
        where slot_bucket in (select touched.slot_bucket from touched)
    {% endif %}
    group by 1
    {% if is_incremental() %}
        union all
        select
            slot_bucket,
            0 as session_count,
            0 as failed_count
        from touched
        where
            slot_bucket is not null
            and slot_bucket not in (select sessions.slot_bucket from sessions)
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
        (select coalesce(max(newest.ingest_seq), 0) from sessions as newest) as built_seq
    from buckets
    left join declared
        on buckets.slot_bucket = declared.slot_bucket

)

select * from judged
