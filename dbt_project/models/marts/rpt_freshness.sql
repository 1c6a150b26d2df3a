with

sessions as (

    select
        count(*) as session_count,
        max(ingest_seq) as ingest_seq,
        max(received_at) as data_through
    from {{ ref('fct_sessions') }}

),

days as (

    select * from {{ ref('rpt_platform_days') }}

),

yesterday as (

    select {{ days_before(as_of_date(), 1) }} as session_date

),

-- what the same weekday brought in the four weeks before
usual as (

    select avg(days.session_count) as expected_count
    from days
    cross join yesterday
    where
        days.session_date in (
            {% for weeks in range(1, 5) %}
                {{ days_before('yesterday.session_date', 7 * weeks) }}{{ ',' if not loop.last }}
            {% endfor %}
        )

),

counted_yesterday as (

    select coalesce(sum(days.session_count), 0) as session_count
    from days
    inner join yesterday
        on days.session_date = yesterday.session_date

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
        coalesce(sessions.ingest_seq, 0) as ingest_seq,
        sessions.data_through,
        sessions.session_count,
        cast(counted_yesterday.session_count as bigint) as sessions_yesterday,
        usual.expected_count as expected_sessions_yesterday,
        tutors.tutor_count,
        tutors.scored_tutor_count,
        tutors.not_enough_data_count,
        tutors.new_tutor_count,
        attention.needs_attention_count,
        attention.expected_false_alarms,
        {{ var('formula_version') }} as formula_version,
        {{ var('window_days') }} as window_days,
        '{{ var("time_zone") }}' as time_zone
    from sessions
    cross join usual
    cross join counted_yesterday
    cross join tutors
    cross join attention

)

select * from rpt_freshness
