-- When something could first be told of a session: it was over, or somebody moved or cancelled it.
{% macro ended_at() -%}
    case
        when status = 'rescheduled' then coalesce(reschedule_requested_at, received_at)
        when status = 'cancelled' then coalesce(cancellation_requested_at, received_at)
        else coalesce(greatest(tutor_left_at, student_left_at), scheduled_end)
    end
{%- endmacro %}

-- Whether it was told within `limit` seconds of `since`; null as long as that may still come true.
{% macro is_told_within(since, limit) -%}
    case
        when told_at is not null then {{ seconds_between(since, 'told_at') }} <= {{ limit }}
        when {{ seconds_between(since, as_of()) }} > {{ limit }} then false
    end
{%- endmacro %}

-- Medians and 95th percentiles of durations in seconds.
{% macro duration_quantiles(durations) -%}
    {% for duration in durations %}
        {{ quantile(duration ~ '_seconds', 0.5) }} as {{ duration }}_p50_seconds,
        {{ quantile(duration ~ '_seconds', 0.95) }} as {{ duration }}_p95_seconds{{ ',' if not loop.last }}
    {% endfor %}
{%- endmacro %}
