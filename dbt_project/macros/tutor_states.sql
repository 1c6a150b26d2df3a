-- Who started a short while ago, was first seen then, or has not been seen at all.
{% macro is_new_on(day, tutors) -%}
    (
        {% for start in ['started_on', 'first_session_date'] %}
            {{ days_between(tutors ~ '.' ~ start, day) }} <= {{ var('new_tutor_days') }} or
        {% endfor %}
        coalesce({{ tutors }}.started_on, {{ tutors }}.first_session_date) is null
    )
{%- endmacro %}

{% macro state_words(state, session_count) -%}
    case {{ state }}
        when 'scored' then 'Scored'
        when 'new_tutor' then 'New tutor'
        else 'Not enough recent data'
    end
    || ': '
    || case {{ session_count }}
        when 0 then 'no sessions'
        when 1 then '1 session'
        else {{ number_text(session_count) }} || ' sessions'
    end
    || ' in the last {{ var("window_days") }} days'
    || case
        when {{ state }} = 'scored' then ''
        else '; a score needs about {{ var("enough_sessions") }} recent ones'
    end
{%- endmacro %}
