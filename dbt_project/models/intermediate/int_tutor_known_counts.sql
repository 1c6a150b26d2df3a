{{ config(materialized='ephemeral') }}

{% set this_week = week_number(as_of_date()) %}
{% set counted = ['reliability', 'attendance', 'first_sessions'] %}
{% set prior_n = var('spread_prior_tutors') %}

with

versions as (

    select * from {{ ref('int_session_versions') }}

),

-- a version counts from the week after it was known until the week after another took its place
events as (

    {% for outcome in counted %}
        {% for day, sign in {'entered_on': 1, 'left_on': -1}.items() %}
            select
                tutor_id,
                '{{ outcome }}' as outcome,
                {{ week_number(day) }} + 1 as event_week,
                {{ sign }} * {{ outcome }}_o as observed,
                {{ sign }} * {{ outcome }}_e as expected,
                {{ sign }} * {{ outcome }}_e * (1 - {{ outcome }}_e) as variance
            from versions
            where
                {{ outcome }}_e > 0
                and {{ day }} is not null
            {{ 'union all' if not loop.last }}
        {% endfor %}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

weeks as (

    {{ number_spine('bounds.first_week', this_week, 'fit_week') }}
    from (
        select greatest(min(event_week), {{ first_fit_week() }}) as first_week from events
    ) as bounds

),

tutors as (

    select distinct
        tutor_id,
        outcome
    from events

),

entries as (

    select * from events
    where
        event_week <= {{ this_week }}
        and event_week > {{ first_fit_week() }} - {{ var('spread_weeks') }}
    union all
    select
        tutors.tutor_id,
        tutors.outcome,
        weeks.fit_week as event_week,
        0 as observed,
        0 as expected,
        0 as variance
    from tutors
    cross join weeks

),

-- each tutor's last weeks, as they were known at the start of each week
counts as (

    select
        tutor_id,
        outcome,
        event_week as fit_week,
        sum(sum(observed)) over last_weeks as observed,
        sum(sum(expected)) over last_weeks as expected,
        sum(sum(variance)) over last_weeks as variance
    from entries
    group by tutor_id, outcome, event_week
    window last_weeks as (
        partition by tutor_id, outcome
        order by event_week
        range between {{ var('spread_weeks') | int(26) - 1 }} preceding and current row
    )

)

select * from counts
