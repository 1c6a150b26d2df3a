{{ config(materialized='incremental', unique_key=['tutor_id', 'component']) }}

with

today as (

    select * from {{ ref('int_tutor_component_days') }}
    where
        score_date = {{ as_of_date() }}
        {% if is_incremental() %}
            and {{ is_made_now() }}
        {% endif %}

),

window_counts as (

    select * from {{ ref('int_tutor_window_counts') }}

),

counted as (

    select
        today.*,
        components.label,
        window_counts.short_notice_count,
        window_counts.tutor_no_show_count,
        window_counts.completed_count,
        coalesce(case today.component
            when 'reliability' then window_counts.session_count
            when 'attendance' then window_counts.due_count
            when 'quality' then window_counts.rating_count
            else window_counts.judged_first_session_count
        end, 0) as session_count,
        case today.component
            when 'reliability' then coalesce(window_counts.tutor_change_count, 0)
            when 'attendance' then coalesce(window_counts.attendance_incident_count, 0)
            when 'first_sessions' then coalesce(window_counts.poor_first_session_count, 0)
        end as event_count,
        case today.component
            when 'reliability' then coalesce(window_counts.expected_change_count, 0)
            when 'attendance' then coalesce(window_counts.expected_incident_count, 0)
            when 'first_sessions' then coalesce(window_counts.expected_poor_first_session_count, 0)
        end as expected_count
    from today
    inner join {{ ref('score_components') }} as components
        on today.component = components.component
    left join window_counts
        on today.tutor_id = window_counts.tutor_id

),

worded as (

    select
        *,
        {{ component_reason() }} as reason_text
    from counted

),

structured as (

    select
        tutor_id,
        component,
        points,
        built_at,
        {{ component_struct() }} as component_facts
    from worded

)

select * from structured
