{{ config(materialized='incremental', unique_key='tutor_id') }}

{% set counts = {
    'session_count': 'session_count',
    'tutor_change_count': 'tutor_reschedule_count + tutor_cancellation_count',
    'short_notice_count': 'short_notice_count',
    'due_count': 'due_count',
    'attendance_incident_count': 'attendance_incident_count',
    'tutor_no_show_count': 'tutor_no_show_count',
    'rating_count': 'rating_count',
    'completed_count': 'completed_count',
    'judged_first_session_count': 'judged_first_session_count',
    'poor_first_session_count': 'poor_first_session_count',
    'platform_caused_count': 'platform_caused_count',
    'student_caused_count': 'student_caused_count',
} %}

with

wanted as (

    select tutor_id from {{ ref('int_tutor_evidence_days') }}
    where
        score_date = {{ as_of_date() }}
        {% if is_incremental() %}
            and {{ is_made_now() }}
        {% endif %}

),

counted as (

    select
        tutor_id,
    {% for name, sums in counts.items() %}
        cast(sum({{ sums }}) as bigint) as {{ name }}{{ ',' if not loop.last }}
    {% endfor %}
    from {{ ref('fct_tutor_days') }}
    where
        session_date >= {{ days_before(as_of_date(), var('window_days') | int - 1) }}
        and session_date <= {{ as_of_date() }}
        and tutor_id in (select wanted.tutor_id from wanted)
    group by 1

),

expected as (

    select
        tutor_id,
        sum(reliability_e) as expected_change_count,
        sum(attendance_e) as expected_incident_count,
        sum(first_sessions_e) as expected_poor_first_session_count
    from {{ ref('int_tutor_outcome_days') }}
    where
        session_date >= {{ days_before(as_of_date(), var('window_days') | int - 1) }}
        and session_date <= {{ as_of_date() }}
        and tutor_id in (select wanted.tutor_id from wanted)
    group by 1

),

window_counts as (

    select
        {% for name in counts %}
            counted.{{ name }},
        {% endfor %}
        expected.expected_change_count,
        expected.expected_incident_count,
        expected.expected_poor_first_session_count,
        wanted.tutor_id
    from wanted
    left join counted
        on wanted.tutor_id = counted.tutor_id
    left join expected
        on wanted.tutor_id = expected.tutor_id

)

select * from window_counts
