{{ config(materialized='view') }}

{% set counted = outcomes('caused_by', 'is_first_session') %}

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

evidence as (

    {% for component in ['reliability', 'attendance', 'quality', 'first_sessions'] %}
        {% set counts, observed = counted[component] %}
        select
            tutor_id,
            '{{ component }}' as component,
            session_id,
            session_date,
            cast({{ observed }} as double) as observed,
            expected_{{ component }} as expected,
            age_days,
            {{ decay('age_days') }} as weight
        from sessions
        where
            {{ counts }}
            and age_days >= 0
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from evidence
