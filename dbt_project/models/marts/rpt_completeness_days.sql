{{ config(materialized='view') }}

{% set over = "status in ('completed', 'no_show', 'rescheduled', 'cancelled')" %}
{% set gaps = {
    'no rating by the student': ("status = 'completed'", 'student_rating is null'),
    'no joining time of the tutor': ("status = 'completed'", 'tutor_joined_at is null'),
    'no joining time of the student': ("status = 'completed'", 'student_joined_at is null'),
    'cause not told': ("status in ('no_show', 'rescheduled', 'cancelled')", "coalesce(caused_by, 'unknown') = 'unknown'"),
    'no subject': ('true', 'subject is null'),
    'no time zone': ('true', 'time_zone is null'),
    'outcome never told': ('true', "status = 'scheduled'"),
    'outcome a day late or more': (over ~ ' and not is_backfill', seconds_between('scheduled_end', 'received_at') ~ ' > 86400'),
    'corrected': ('true', 'version > 1'),
} %}

with

sessions as (

    select * from {{ ref('fct_sessions') }}
    where scheduled_end < (select max(as_of) from {{ ref('rpt_freshness') }})

),

kinds as (

    {% for kind in gaps %}
        select
            session_date,
            '{{ kind }}' as kind,
            count(*) as session_count,
            {{ count_if(gaps[kind][1]) }} as missing_count
        from sessions
        where {{ gaps[kind][0] }}
        group by 1
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

rpt_completeness_days as (

    select
        *,
        cast(missing_count as double) / session_count as missing_share
    from kinds

)

select * from rpt_completeness_days
