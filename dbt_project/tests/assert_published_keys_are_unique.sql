-- A row here means that readers would see something twice: a session, a tutor, a flag, a report.
{{ config(tags=['gate']) }}

{# of those that grow, only what shares the first part of its key with what was written now #}
{% set grow = ['fct_sessions', 'fct_tutor_days', 'fct_tutor_scores', 'fct_first_sessions'] %}

{% for model, key in [
    ('dim_tutors', ['tutor_id']),
    ('fct_sessions', ['session_id']),
    ('fct_tutor_days', ['session_date', 'tutor_id']),
    ('fct_tutor_scores', ['score_date', 'tutor_id']),
    ('fct_flags', ['flag_id']),
    ('fct_flag_actions', ['action_id']),
    ('fct_interventions', ['action_id', 'horizon_days']),
    ('fct_first_sessions', ['student_id', 'tutor_id']),
    ('fct_upcoming_risk', ['session_id', 'kind']),
    ('rpt_tutor_scorecards', ['tutor_id']),
    ('rpt_needs_attention', ['tutor_id']),
    ('rpt_session_reports', ['session_id', 'version']),
    ('rpt_platform_days', ['session_date']),
] %}
    select
        '{{ model }}' as model,
        count(*) as row_count
    from {{ ref(model) }}
    where {{ is_written_now(ref(model), key[0]) if model in grow else 'true' }}
    group by {{ key | join(', ') }}
    having count(*) > 1
    {{ 'union all' if not loop.last }}
{% endfor %}
