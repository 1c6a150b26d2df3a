-- What can be counted of a session for its tutor: outcome, where it counts, and how much is observed.
-- One meaning for the daily sums and for the expectation that they are compared with. `harm` weighs
-- the same events: by the notice given, and an absence above a late start.
{% macro outcomes(cause, is_first) -%}
    {% set by_tutor = "coalesce(" ~ cause ~ " = 'tutor', false)" %}
    {% set is_change = "(status in ('rescheduled', 'cancelled') and " ~ by_tutor ~ ")" %}
    {% set is_absent = "(status = 'no_show' and " ~ by_tutor ~ ")" %}
    {% set is_due = "(status = 'completed' or " ~ is_absent ~ ")" %}
    {% set is_incident = "(" ~ is_absent ~ " or " ~ is_late_start() ~ " or " ~ is_early_end() ~ ")" %}
    {% set is_rated = "(status = 'completed' and student_rating is not null)" %}
    {{ return({
        'reliability': ("(status = 'completed' or " ~ by_tutor ~ ")", one_if(is_change)),
        'reliability_harm': (
            "(status = 'completed' or " ~ by_tutor ~ ")",
            one_if(is_change) ~ " * " ~ notice_weight()
        ),
        'attendance': (is_due, one_if(is_incident)),
        'attendance_harm': (
            is_due,
            one_if(is_incident) ~ " * case when status = 'no_show' then " ~ var('no_show_weight') ~ " else 1 end"
        ),
        'no_show': (is_due, one_if(is_absent)),
        'quality': (is_rated, "(5 - student_rating) / 4.0"),
        'first_sessions': (
            is_first ~ " and (" ~ is_rated ~ " or " ~ is_absent ~ ")",
            one_if(is_absent ~ " or student_rating <= 2")
        ),
    }) }}
{%- endmacro %}

{% macro one_if(condition) -%}
    case when {{ condition }} then 1.0 else 0.0 end
{%- endmacro %}

{% macro notice_weight() -%}
    case
        when notice_hours < {{ var('short_notice_hours') }} then {{ var('short_notice_weight') }}
        when notice_hours >= {{ var('long_notice_hours') }} then {{ var('long_notice_weight') }}
        else 1.0
    end
{%- endmacro %}

{% macro is_late_start() -%}
    coalesce(status = 'completed' and tutor_late_minutes > {{ var('late_minutes') }}, false)
{%- endmacro %}

{% macro is_early_end() -%}
    coalesce(
        status = 'completed' and tutor_early_end_minutes > {{ var('early_end_minutes') }}, false
    )
{%- endmacro %}
