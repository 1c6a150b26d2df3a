{{ config(tags='nightly') }}

with

scored as (

    select * from {{ ref('int_sessions_scored') }}

),

versions as (

    select
        session_id,
        version,
        tutor_id,
        status,
        received_at,
        {{ business_date('received_at') }} as received_date,
        {{ ended_at() }} as ended_at
    from {{ ref('stg_ingest__sessions') }}

),

-- the first letter counts, whoever got it
mailed as (

    select
        session_id,
        version,
        min(sent_at) as mailed_at
    from {{ ref('stg_flows__deliveries') }}
    group by 1, 2

),

told as (

    select
        versions.*,
        scored.scored_at,
        mailed.mailed_at,
        coalesce(mailed.mailed_at, scored.scored_at) as told_at
    from scored
    inner join versions
        on
            scored.session_id = versions.session_id
            and scored.version = versions.version
    left join mailed
        on
            scored.session_id = mailed.session_id
            and scored.version = mailed.version

),

fct_session_freshness as (

    select
        session_id,
        version,
        tutor_id,
        status,
        received_date,
        ended_at,
        received_at,
        scored_at,
        mailed_at,
        told_at,
        {{ seconds_between('ended_at', 'received_at') }} as receive_seconds,
        {{ seconds_between('received_at', 'scored_at') }} as score_seconds,
        {{ seconds_between('scored_at', 'mailed_at') }} as mail_seconds,
        {{ seconds_between('received_at', 'told_at') }} as arrival_to_told_seconds,
        {{ seconds_between('ended_at', 'told_at') }} as end_to_told_seconds,
        {{ is_told_within('ended_at', var('promise_seconds')) }} as is_within_promise,
        {{ is_told_within('received_at', var('ours_seconds')) }} as is_within_ours
    from told

)

select * from fct_session_freshness
