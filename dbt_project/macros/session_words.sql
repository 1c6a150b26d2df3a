-- What a session was, in a few words. No student is named and nothing a student said is quoted.

{% macro session_headline() -%}
    case
        when status = 'scheduled' then 'Still to come'
        when is_tutor_no_show then 'The tutor did not come'
        when status = 'no_show' and caused_by = 'student' then 'The student did not come'
        when status = 'no_show' then 'Nobody knows who was missing'
        when status = 'rescheduled' then {{ change_words('moved') }}
        when status = 'cancelled' then {{ change_words('cancelled') }}
        when is_late_start and is_early_end
            then 'Started {{ minutes_words("tutor_late_minutes") }} late and ended {{ minutes_words("tutor_early_end_minutes") }} early'
        when is_late_start then 'Started {{ minutes_words("tutor_late_minutes") }} late'
        when is_early_end then 'Ended {{ minutes_words("tutor_early_end_minutes") }} early'
        when student_rating <= 2 then 'Held, rated ' || student_rating || ' of 5'
        else 'Held as planned'
    end
{%- endmacro %}

-- breaks out of the surrounding quotes to splice in whole minutes
{% macro minutes_words(column) -%}
    ' || cast(cast(round({{ column }}) as integer) as varchar) || ' min
{%- endmacro %}

{% macro change_words(verb) -%}
    case caused_by
        when 'tutor' then 'The tutor {{ verb }} it'
        when 'student' then 'The student {{ verb }} it'
        when 'platform' then 'The platform {{ verb }} it'
        else 'It was {{ verb }}; nobody said by whom'
    end
    || case
        when notice_hours < 0 then ' after it should have started'
        when notice_hours < 48
            then ', ' || cast(cast(round(notice_hours) as integer) as varchar) || ' h before'
        when notice_hours is not null
            then ', ' || cast(cast(round(notice_hours / 24) as integer) as varchar) || ' days before'
        else ''
    end
{%- endmacro %}

{% macro session_severity() -%}
    case
        when status = 'scheduled' then 'INFO'
        when is_tutor_no_show or (is_first_session and student_rating <= 2) then 'HIGH'
        when is_short_notice or is_late_start or is_early_end or student_rating <= 2
            then 'WATCH'
        when caused_by is not null then 'INFO'
        else 'OK'
    end
{%- endmacro %}
