-- The levels of the case-mix factors: what is known of a slot before it, and is not the tutor's doing.
{% macro case_mix_factors() -%}
    {{ return(['slot_hours', 'slot_weekday', 'subject', 'lead_time', 'slot_length', 'first_session_told']) }}
{%- endmacro %}

{% macro slot_hours(start, zone) -%}
    case
        when {{ local_hour(start, zone) }} < 8 then 'before 8'
        when {{ local_hour(start, zone) }} < 12 then '8 to 12'
        when {{ local_hour(start, zone) }} < 16 then '12 to 16'
        when {{ local_hour(start, zone) }} < 20.5 then '16 to 20:30'
        else 'after 20:30'
    end
{%- endmacro %}

{% macro slot_weekday(start, zone) -%}
    'day ' || cast({{ local_weekday(start, zone) }} as varchar)
{%- endmacro %}

{% macro lead_time(booked, start) -%}
    case
        when {{ booked }} is null then 'unknown'
        when {{ minutes_between(booked, start) }} < 24 * 60 then 'under a day'
        when {{ minutes_between(booked, start) }} < 72 * 60 then '1 to 2 days'
        when {{ minutes_between(booked, start) }} < 168 * 60 then '3 to 6 days'
        else 'a week or more'
    end
{%- endmacro %}

{% macro slot_length(start, end) -%}
    case
        when {{ minutes_between(start, end) }} <= 45 then 'up to 45 min'
        else 'over 45 min'
    end
{%- endmacro %}
