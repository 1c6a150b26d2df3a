{{ config(tags='nightly') }}

-- after the other model that sorts all records, so that the two do not share a build's memory
-- depends_on: {{ ref('int_sessions_latest') }}

{% set factors = case_mix_factors() %}
{% set this_week = week_number(as_of_date()) %}

with

-- a version counts from the week after it was known until the week after another took its place
{{ session_versions() }},

effective as (

    select
        *,
        {{ week_number('session_date') }} as slot_week,
        {{ week_number('known_on') }} as known_week,
        {{ week_number('replaced_on') }} as replaced_week
    from versions

),

entering as (

    select
        *,
        greatest(slot_week, known_week) + 1 as event_week,
        1 as sign
    from effective

),

leaving as (

    select
        *,
        greatest(slot_week, replaced_week) + 1 as event_week,
        -1 as sign
    from effective
    where replaced_week is not null

),

events as (

    select * from entering
    where replaced_week is null or event_week <= greatest(slot_week, replaced_week)
    union all
    select * from leaving
    where event_week > greatest(slot_week, known_week) + 1

),

-- weighted so that a sum over weeks, aged to one of them, is a decayed count of that week
weighted as (

    select
        *,
        sign
        * power(2.0, (slot_week - {{ this_week }}) / {{ memory_weeks('long') }}) as long_weight,
        sign
        * power(2.0, (slot_week - {{ this_week }}) / {{ memory_weeks('short') }}) as short_weight
    from events
    where status <> 'scheduled'

),

cells as (

    select
        event_week,
        {% for factor in factors %}
            {{ 'subject_level' if factor == 'subject' else factor }} as {{ factor }},
        {% endfor %}
        {{ case_mix_counts() }}
    from weighted
    group by {{ range(1, factors | length + 2) | join(', ') }}

)

select * from cells
