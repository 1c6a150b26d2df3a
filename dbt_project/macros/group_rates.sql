-- How many trials the mean counts for: moments of the beta-binomial (Kleinman 1973), 1 to 999.
{% macro beta_binomial_strength(trials, events, mean) -%}
    1 / least(greatest(coalesce(
        sum(
            case
                when {{ trials }} > 0
                    then {{ trials }} * power(cast({{ events }} as double) / {{ trials }} - {{ mean }}, 2)
                    - {{ mean }} * (1 - {{ mean }})
            end
        ) / nullif(sum(greatest({{ trials }} - 1, 0) * {{ mean }} * (1 - {{ mean }})), 0),
        0
    ), 0.001), 0.5) - 1
{%- endmacro %}

-- A rate with its 90 % interval: of a tutor drawn towards the platform's, of a group of the
-- platform as it is (Wilson). Null where there is not enough to tell it from. It is above or below
-- the platform's only where its interval is, and by more than rounding.
{% macro group_rate(rate, trials, events, z) %}
    {% set shape = '(' ~ events ~ ' + ' ~ rate ~ '_strength * ' ~ rate ~ '_mean)' %}
    {% set other = '(' ~ trials ~ ' - ' ~ events ~ ' + ' ~ rate ~ '_strength * (1 - ' ~ rate ~ '_mean))' %}
    {% set numbers = {
        '': (shape ~ ' / (' ~ trials ~ ' + ' ~ rate ~ '_strength)', 'cast(' ~ events ~ ' as double) / nullif(' ~ trials ~ ', 0)'),
        '_low': (beta_quantile(shape, other, -z), wilson_bound(events, trials, -z)),
        '_high': (beta_quantile(shape, other, z), wilson_bound(events, trials, z)),
    } %}
    {% for suffix, (shrunk, plain) in numbers.items() %}
        case
            when {{ trials }} < {{ retention_var('enough_first_sessions') }} then null
            when kind = 'tutor' then {{ shrunk }}
            else {{ plain }}
        end as {{ rate }}_rate{{ suffix }},
    {% endfor %}
    case
        when {{ trials }} < {{ retention_var('enough_first_sessions') }} or kind = 'platform'
            then null
        {% for word, end, suffix in [('above', '> 0.000001 +', '_low'), ('below', '< -0.000001 +', '_high')] %}
            {% set shrunk, plain = numbers[suffix] %}
            when case when kind = 'tutor' then {{ shrunk }} else {{ plain }} end {{ end }} {{ rate }}_mean
                then '{{ word }}'
        {% endfor %}
        else 'alike'
    end as {{ rate }}_against_platform,
    {{ rate }}_mean as platform_{{ rate }}_rate
{%- endmacro %}

{% macro enough_state(trials) -%}
    case
        when {{ trials }} >= {{ retention_var('enough_first_sessions') }} then 'enough'
        else 'not_enough_data'
    end
{%- endmacro %}
