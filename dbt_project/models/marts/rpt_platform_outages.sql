with

buckets as (

    select
        *,
        {{ minutes_after('slot_bucket', var('outage_bucket_minutes')) }} as bucket_end
    from {{ ref('int_platform_outages') }}
    where outage_reason is not null

),

marked as (

    select
        *,
        case
            when lag(bucket_end) over (order by slot_bucket) = slot_bucket then 0
            else 1
        end as is_start
    from buckets
    where outage_reason <> 'declared'

),

numbered as (

    select
        *,
        sum(is_start) over (
            order by slot_bucket
            rows between unbounded preceding and current row
        ) as outage_number
    from marked

),

-- half hours in a row are one outage
found as (

    select
        outage_reason,
        min(slot_bucket) as started_at,
        max(bucket_end) as ended_at,
        cast(null as varchar) as note,
        cast(sum(session_count) as bigint) as session_count,
        cast(sum(failed_count) as bigint) as failed_count
    from numbered
    group by outage_reason, outage_number

),

-- one that was declared is listed also when nobody had a session then
declared as (

    select
        'declared' as outage_reason,
        outages.started_at,
        outages.ended_at,
        outages.note,
        cast(coalesce(sum(buckets.session_count), 0) as bigint) as session_count,
        cast(coalesce(sum(buckets.failed_count), 0) as bigint) as failed_count
    from {{ ref('platform_outages') }} as outages
    left join buckets
        on
            outages.ended_at > buckets.slot_bucket
            and outages.started_at < buckets.bucket_end
    group by outages.started_at, outages.ended_at, outages.note

),

rpt_platform_outages as (

    select * from declared
    union all
    select * from found

)

select * from rpt_platform_outages
