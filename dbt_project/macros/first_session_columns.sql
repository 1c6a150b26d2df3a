-- What became of a first session, and whether the student came again soon.
{% macro first_session_columns() -%}
        pairs.student_id,
        pairs.tutor_id,
        firsts.session_id,
        starts.session_id as first_session_of_student_id,
        firsts.session_id = starts.session_id as is_first_with_company,
        firsts.session_date,
        firsts.scheduled_start,
        firsts.subject,
        firsts.grade_level,
        {{ slot_hours('firsts.scheduled_start', 'firsts.time_zone') }}
            as local_hours,
        case
            when firsts.status = 'completed' then 'held'
            when firsts.caused_by is not null then firsts.caused_by || '_no_show'
        end as outcome,
        firsts.is_tutor_no_show,
        firsts.is_late_start,
        firsts.tutor_late_minutes,
        firsts.student_rating,
        case
            when firsts.is_tutor_no_show then true
            when firsts.status = 'completed' then firsts.student_rating <= 2
        end as is_poor,
        {% for name, again in [('', 'to_anyone'), ('_with_tutor', 'to_tutor')] %}
            {{ again }}.session_id as next_session{{ name }}_id,
            {{ days_between('firsts.session_date', again ~ '.session_date') }} as days_to_next_session{{ name }},
        {% endfor %}
        {% for name, again in [('', 'to_anyone'), ('_to_tutor', 'to_tutor')] %}
            case
                when {{ again }}.session_id is not null then true
                when firsts.session_date < {{ days_before(as_of_date(), retention_var('second_session_days')) }}
                    then false
            end as came_again{{ name }}{{ ',' if not loop.last }}
        {% endfor %}
{%- endmacro %}

-- What comes later than second_session_days is no second session: so a late record touches only
-- the first sessions of the days before it.
{% macro first_session_joins() -%}
    from pairs
    left join marked as firsts
        on
            pairs.student_id = firsts.student_id
            and pairs.tutor_id = firsts.tutor_id
            and firsts.place = 1
    left join {{ ref('int_student_starts') }} as starts
        on firsts.student_id = starts.student_id
    {% for again, same_tutor, count in [
        ('to_tutor', 'firsts.tutor_id', 'held_with_tutor'),
        ('to_anyone', 'to_anyone.tutor_id', 'held_count'),
    ] %}
        left join placed as {{ again }}
            on
                firsts.student_id = {{ again }}.student_id
                and {{ same_tutor }} = {{ again }}.tutor_id
                and firsts.{{ count }} + 1 = {{ again }}.{{ count }}
                and {{ again }}.status = 'completed'
                and {{ days_between('firsts.session_date', again ~ '.session_date') }}
                <= {{ retention_var('second_session_days') }}
    {% endfor %}
{%- endmacro %}
