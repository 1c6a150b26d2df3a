-- What is kept of the latest version of a session.
{% macro session_columns(outcome_known_at='outcome_known_at') -%}
    {{ [
        'session_id', 'version', 'tutor_id', 'student_id', 'rescheduled_from',
        'status', 'subject', 'grade_level', 'time_zone',
        'scheduled_start', 'scheduled_end', 'session_date', 'booked_at', 'rescheduled_to_start',
        'tutor_joined_at', 'tutor_left_at', 'student_joined_at', 'student_left_at',
        'reported_cause', 'notice_hours', 'tutor_late_minutes', 'tutor_early_end_minutes',
        'slot_bucket', 'slot_hours', 'slot_weekday', 'lead_time', 'slot_length', 'first_session_told',
        'student_rating', 'tutor_rating', 'technical_issue', 'follow_up_booked',
        'ingest_seq', 'received_at', 'known_at', outcome_known_at ~ ' as outcome_known_at', 'is_backfill',
    ] | join(', ') }}
{%- endmacro %}
