{{ config(materialized='view') }}

{% set counted = outcomes('caused_by', 'is_first_session') %}
{% set parts = ['reliability', 'attendance', 'quality', 'first_sessions'] %}

with

sessions as (

    select
        sessions.*,
        {{ days_between('sessions.session_date', business_date('freshness.as_of')) }} as age_days
    from {{ ref('fct_sessions') }} as sessions
    cross join {{ ref('rpt_freshness') }} as freshness
    where
        sessions.status <> 'scheduled'
        and sessions.outage_reason is null

),

parts as (

    {% for part in parts %}
        select '{{ part }}' as component
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- sessions are named once: a reader who asks for one tutor then reads that tutor's, and not all
measured as (

    select
        sessions.tutor_id,
        parts.component,
        sessions.session_id,
        sessions.session_date,
        case parts.component
            {% for part in parts %}
                when '{{ part }}' then cast({{ counted[part][1] }} as double)
            {% endfor %}
        end as observed,
        case parts.component
            {% for part in parts %}
                when '{{ part }}' then sessions.expected_{{ part }}
            {% endfor %}
        end as expected,
        sessions.age_days,
        {{ decay('age_days') }} as weight,
        case parts.component
            {% for part in parts %}
                when '{{ part }}' then {{ counted[part][0] }}
            {% endfor %}
        end as is_counted
    from sessions
    cross join parts

),

evidence as (

    select
        tutor_id,
        component,
        session_id,
        session_date,
        observed,
        expected,
        age_days,
        weight
    from measured
    where
        is_counted
        and age_days >= 0

)

select * from evidence
