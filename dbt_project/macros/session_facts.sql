-- The facts of a session that a letter and its page list, in this order: label, condition, value.
{% macro session_facts() %}
    {{ return([
        ('Tutor joined', 'tutor_late_minutes is not null', minutes_apart('tutor_late_minutes', 'late', 'early')),
        ('Tutor left', 'tutor_early_end_minutes is not null', minutes_apart('tutor_early_end_minutes', 'before the end', 'after the end')),
        ('Notice given', 'notice_hours is not null', "cast(cast(round(notice_hours) as integer) as varchar) || ' h before the start'"),
        ('New start', 'rescheduled_to_start is not null', "strftime(timezone(coalesce(time_zone, '" ~ var('time_zone') ~ "'), rescheduled_to_start), '%a %d %b, %H:%M')"),
        ("Student''s rating", 'student_rating is not null', "cast(student_rating as varchar) || ' of 5'"),
        ('Follow-up booked', 'follow_up_booked is not null', "case when follow_up_booked then 'yes' else 'not yet' end"),
        ('Technical trouble', 'technical_issue', "'reported'"),
    ]) }}
{% endmacro %}

{% macro minutes_apart(column, when_positive, when_negative) -%}
    case
        when abs({{ column }}) < 1 then 'on time'
        else cast(cast(round(abs({{ column }})) as integer) as varchar) || ' min '
            || case when {{ column }} > 0 then '{{ when_positive }}' else '{{ when_negative }}' end
    end
{%- endmacro %}
