{{ config(materialized='ephemeral') }}

with

sessions as (

    select
        *,
        coalesce(subject, 'not told') as subject_level
    from {{ ref('int_sessions_attributed') }}

),

dated as (

    select
        *,
        {{ fit_week_of_session(business_date('known_at')) }} as fit_week
    from sessions

),

expected as (

    select
        dated.*,
    {% for outcome in outcomes('x', 'x') %}
        {{ expected_chance(outcome) }} as expected_{{ outcome }}{{ ',' if not loop.last }}
    {% endfor %}
    from dated
    {{ join_effects('dated') }}

)

select * from expected
