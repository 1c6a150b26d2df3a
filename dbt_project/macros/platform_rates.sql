-- The platform's three rates, from sums of counts: each with its events and its 90 % interval.

{% macro platform_rates() -%}
    {% set z = 1.645 %}
    {% for name, events, trials in [
        ('tutor_reschedule', 'tutor_reschedule_count', 'session_count'),
        ('tutor_no_show', 'tutor_no_show_count', 'due_count'),
        ('poor_first_session', 'poor_first_session_count', 'judged_first_session_count'),
    ] %}
        {{ events }},
        cast({{ events }} as double) / nullif({{ trials }}, 0) as {{ name }}_rate,
        {{ wilson_bound(events, trials, -z) }} as {{ name }}_rate_low,
        {{ wilson_bound(events, trials, z) }} as {{ name }}_rate_high
        {{- ',' if not loop.last }}
    {% endfor %}
{%- endmacro %}
