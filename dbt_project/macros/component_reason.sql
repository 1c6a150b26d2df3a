-- Why a component gives or costs points, in words, with its n and what a typical tutor would have.
{% macro component_reason() -%}
    case
        when session_count = 0 and component = 'quality' then 'no ratings yet'
        when session_count = 0 then 'nothing to count yet'
        when component = 'reliability'
            then 'moved or cancelled {{ spliced(number_text("event_count")) }} of {{ spliced(number_text("session_count")) }} sessions'
            || case
                when short_notice_count > 0
                    then ', {{ spliced(number_text("short_notice_count")) }} with less than {{ var("short_notice_hours") }} h notice'
                else ''
            end
        when component = 'attendance'
            then 'absent, late or gone early in {{ spliced(number_text("event_count")) }} of {{ spliced(number_text("session_count")) }} sessions'
            || case
                when tutor_no_show_count > 0 then ', absent from {{ spliced(number_text("tutor_no_show_count")) }}'
                else ''
            end
        when component = 'first_sessions'
            then '{{ spliced(number_text("event_count")) }} of {{ spliced(number_text("session_count")) }} first sessions rated 2 or less, or missed'
        else 'rated {{ spliced(number_text("rate", 1)) }} on average in {{ spliced(number_text("session_count")) }} of {{ spliced(number_text("completed_count")) }} sessions'
    end
    || case
        when session_count = 0 or platform_rate is null then ''
        when component = 'quality' then ' (platform {{ spliced(number_text("platform_rate", 1)) }})'
        else ' (typical: {{ spliced(count_text("expected_count")) }})'
    end
{%- endmacro %}
