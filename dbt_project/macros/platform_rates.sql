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

-- How far each of these rates lies from an earlier one, with the 90 % interval of a difference of
-- two proportions (Newcombe 1998, method 10). A direction is only told when zero is not in it.
{% macro rate_changes(now, before) -%}
    {% for name in ['tutor_reschedule', 'tutor_no_show', 'poor_first_session'] %}
        {% set rate, earlier = now ~ '.' ~ name ~ '_rate', before ~ '.' ~ name ~ '_rate' %}
        {% set change = '(' ~ rate ~ ' - ' ~ earlier ~ ')' %}
        {% set low = change ~ ' - ' ~ root_of_squares(rate ~ ' - ' ~ rate ~ '_low', earlier ~ '_high - ' ~ earlier) %}
        {% set high = change ~ ' + ' ~ root_of_squares(rate ~ '_high - ' ~ rate, earlier ~ ' - ' ~ earlier ~ '_low') %}
        {{ change }} as {{ name }}_rate_change,
        {{ low }} as {{ name }}_rate_change_low,
        {{ high }} as {{ name }}_rate_change_high,
        case
            when {{ low }} > 0 then 'up'
            when {{ high }} < 0 then 'down'
            when {{ change }} is not null then 'unclear'
        end as {{ name }}_rate_direction
        {{- ',' if not loop.last }}
    {% endfor %}
{%- endmacro %}

{% macro root_of_squares(first, second) -%}
    sqrt(power({{ first }}, 2) + power({{ second }}, 2))
{%- endmacro %}
