-- Limits of first sessions and churn; a var of the same name in dbt_project.yml replaces its value.
{% macro retention_var(name) -%}
    {{ var(name, {
        'second_session_days': 14,
        'enough_first_sessions': 10,
        'churn_silence_days': 28,
        'churn_history_weeks': 26,
        'churn_memory_weeks': 52,
        'churn_overlap_weeks': 4,
        'enough_departure_weeks': 50,
    }[name]) }}
{%- endmacro %}
