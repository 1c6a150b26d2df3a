with

today as (

    select * from {{ ref('int_tutor_component_days') }}
    where score_date = {{ as_of_date() }}

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
        end as event_count
    from today
    inner join {{ ref('score_components') }} as components
        on today.component = components.component
    left join window_counts
        on today.tutor_id = window_counts.tutor_id

),

expected as (

    select
        *,
        case when component <> 'quality' then session_count * platform_rate end as expected_count
    from counted

),

worded as (

    select
        *,
        case
            when session_count = 0 and component = 'quality' then 'no ratings yet'
            when session_count = 0 then 'nothing to count yet'
            when component = 'reliability'
                then 'moved or cancelled {{ spliced("event_count") }} of {{ spliced("session_count") }} sessions'
                || case
                    when short_notice_count > 0
                        then ', {{ spliced("short_notice_count") }} with less than {{ var("short_notice_hours") }} h notice'
                    else ''
                end
            when component = 'attendance'
                then 'absent, late or gone early in {{ spliced("event_count") }} of {{ spliced("session_count") }} sessions'
                || case
                    when tutor_no_show_count > 0 then ', absent from {{ spliced("tutor_no_show_count") }}'
                    else ''
                end
            when component = 'first_sessions'
                then '{{ spliced("event_count") }} of {{ spliced("session_count") }} first sessions rated 2 or less, or missed'
            else 'rated {{ spliced(number_text("rate", 1)) }} on average in {{ spliced("session_count") }} of {{ spliced("completed_count") }} sessions'
        end
        || case
            when session_count = 0 or platform_rate is null then ''
            when component = 'quality' then ' (platform {{ spliced(number_text("platform_rate", 1)) }})'
            else ' (typical: {{ spliced(number_text("expected_count", 1)) }})'
        end as reason_text
    from expected

),

structured as (

    select
        tutor_id,
        component,
        points,
        {{ component_struct() }} as component_facts
    from worded

)

select * from structured
