{% set yesterday = days_before(as_of_date(), 1) %}

with

sessions as (

    select
        max(ingest_seq) as ingest_seq,
        max(least(received_at, {{ as_of() }})) as data_through
    from {{ ref('fct_sessions') }}
    {% if is_micro_batch() %}
        where built_seq > {{ built_upto() }}
        union all
        select
            ingest_seq,
            data_through
        from {{ this }}
    {% endif %}

),

-- the newest record, and how many sessions there are, without reading them all
newest as (

    select
        max(ingest_seq) as ingest_seq,
        max(data_through) as data_through,
        (select count(*) from {{ ref('fct_sessions') }}) as session_count
    from sessions

),

-- yesterday, and what the same weekday brought in the four weeks before
days as (

    select
        sum(case when session_date = {{ yesterday }} then session_count end) as sessions_yesterday,
        avg(case
            when
                session_date in (
                    {% for weeks in range(1, 5) %}
                        {{ days_before(yesterday, 7 * weeks) }}{{ ',' if not loop.last }}
                    {% endfor %}
                )
                then session_count
        end) as expected_sessions_yesterday
    from {{ ref('rpt_platform_days') }}

),

tutors as (

    select
        count(*) as tutor_count,
        {{ count_if("state = 'scored'") }} as scored_tutor_count,
        {{ count_if("state = 'not_enough_recent_data'") }} as not_enough_data_count,
        {{ count_if("state = 'new_tutor'") }} as new_tutor_count
    from {{ ref('rpt_tutor_scorecards') }}

),

attention as (

    select
        count(*) as needs_attention_count,
        coalesce(sum(case when is_in_capacity then false_alarm_probability end), 0)
            as expected_false_alarms
    from {{ ref('rpt_needs_attention') }}

),

rpt_freshness as (

    select
        {{ as_of() }} as as_of,
        cast(current_timestamp as timestamp with time zone) as built_at,
        coalesce(newest.ingest_seq, 0) as ingest_seq,
        newest.data_through,
        newest.session_count,
        cast(coalesce(days.sessions_yesterday, 0) as bigint) as sessions_yesterday,
        days.expected_sessions_yesterday,
        tutors.tutor_count,
        tutors.scored_tutor_count,
        tutors.not_enough_data_count,
        tutors.new_tutor_count,
        attention.needs_attention_count,
        attention.expected_false_alarms,
        {{ var('formula_version') }} as formula_version,
        {{ var('window_days') }} as window_days,
        {{ var('coach_capacity') }} as coach_capacity,
        '{{ var("time_zone") }}' as time_zone
    from newest
    cross join days
    cross join tutors
    cross join attention

)

select * from rpt_freshness
