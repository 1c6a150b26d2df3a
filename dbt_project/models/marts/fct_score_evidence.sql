{{ config(materialized='view') }}

{% set counted = outcomes('caused_by', 'is_first_session') %}
{% set components = ['reliability', 'attendance', 'quality', 'first_sessions'] %}

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

components as (

    {% for component in components %}
        select '{{ component }}' as component
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- sessions are named once: a reader who asks for one tutor then reads that tutor's, and not all
measured as (

    select
        sessions.tutor_id,
        components.component,
        sessions.session_id,
        sessions.session_date,
        case components.component
            {% for component in components %}
                when '{{ component }}' then cast({{ counted[component][1] }} as double)
            {% endfor %}
        end as observed,
        case components.component
            {% for component in components %}
                when '{{ component }}' then sessions.expected_{{ component }}
            {% endfor %}
        end as expected,
        sessions.age_days,
        {{ decay('age_days') }} as weight,
        case components.component
            {% for component in components %}
                when '{{ component }}' then {{ counted[component][0] }}
            {% endfor %}
        end as is_counted
    from sessions
    cross join components

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
