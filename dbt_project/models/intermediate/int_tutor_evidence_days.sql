{{ config(materialized='incremental', unique_key='score_date') }}

{% set decayed = [
    'session_count', 'tutor_change_count', 'due_count', 'attendance_incident_count',
    'rating_count', 'rating_sum', 'rating_square_sum',
    'judged_first_session_count', 'poor_first_session_count',
] %}

with

tutor_days as (

    select
        *,
        tutor_reschedule_count + tutor_cancellation_count as tutor_change_count
    from {{ ref('fct_tutor_days') }}
    where
        session_date
        between {{ days_before(as_of_date(), var('memory_days')) }}
        and {{ as_of_date() }}

),

spine as (

    select * from {{ ref('int_score_spine') }}
    {% if is_incremental() %}
        where score_date >= {{ first_changed_date() }}
    {% endif %}

),

-- a row without sessions for each tutor and day, so that silence ages the evidence
entries as (

    select
        tutor_id,
        session_date as entry_date,
        {{ days_between(as_of_date(), 'session_date') }} as day_number,
        false as is_spine,
        {{ decayed | join(',\n        ') }}
    from tutor_days
    union all
    select
        tutor_id,
        score_date as entry_date,
        {{ days_between(as_of_date(), 'score_date') }} as day_number,
        true as is_spine,
        {{ zeros(decayed) }}
    from spine

),

weighted as (

    select
        *,
        exp(ln(2) / {{ var('half_life_days') }} * day_number) as weight
    from entries

),

accumulated as (

    select
        tutor_id,
        entry_date as score_date,
        is_spine,
        {% for column in decayed %}
            sum({{ column }} * weight) over history / weight as {{ column }},
        {% endfor %}
        cast(sum(session_count) over recent_days as bigint) as window_session_count
    from weighted
    window
        history as (
            partition by tutor_id
            order by day_number, is_spine
            rows between unbounded preceding and current row
        ),
        recent_days as (
            partition by tutor_id
            order by day_number
            range between {{ var('window_days') | int(90) - 1 }} preceding and current row
        )

),

evidence as (

    select
        *,
        {{ newest_built_seq() }} as built_seq
    from accumulated
    where is_spine

)

select * from evidence
