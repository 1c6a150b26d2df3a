-- A row here means that the reasons of a chance to leave do not explain it.
{% for person in ['student', 'tutor'] %}
    select
        '{{ person }}' as person,
        {{ person }}_id as person_id,
        week_start
    from {{ ref('fct_' ~ person ~ '_churn') }}
    where
        (state = 'told') <> (leaving_probability is not null)
        or weekly_hazard > leaving_probability
        or abs(
            platform_probability * idle_weeks_ratio * trouble_ratio * trend_ratio * tenure_ratio
            - leaving_probability
        ) > 1e-9
    {{ 'union all' if not loop.last }}
{% endfor %}
