-- What a fit says of one session.

{% macro chance(logit) -%}
    (1 / (1 + exp(-({{ logit }}))))
{%- endmacro %}

-- The effects that hold for a session's week, by its levels.
{% macro join_effects(sessions) -%}
    left join {{ ref('int_case_mix_effects') }} as platform
        on
            {{ sessions }}.fit_week = platform.fit_week
            and platform.factor = 'platform'
    {% for factor in case_mix_factors() %}
        left join {{ ref('int_case_mix_effects') }} as {{ factor }}_effects
            on
                {{ sessions }}.fit_week = {{ factor }}_effects.fit_week
                and {{ factor }}_effects.factor = '{{ factor }}'
                and {{ sessions }}.{{ 'subject_level' if factor == 'subject' else factor }}
                = {{ factor }}_effects.factor_level
    {% endfor %}
{%- endmacro %}

{% macro expected_chance(outcome) -%}
    {{ chance(
        "coalesce(platform." ~ outcome ~ ", " ~ prior_logit(outcome) ~ ")" ~ effects_of(outcome)
    ) }}
{%- endmacro %}

-- A session is expected by the fit of its week, or of the one in which it was told if that is earlier.
{% macro fit_week_of_session(known_on) -%}
    least(
        {{ fit_week_of('least(session_date, ' ~ known_on ~ ')') }},
        (select max(newest.fit_week) from {{ ref('int_case_mix_effects') }} as newest)
    )
{%- endmacro %}

{% macro effects_of(outcome) -%}
    {%- for factor in case_mix_factors() %} + coalesce({{ factor }}_effects.{{ outcome }}, 0){% endfor -%}
{%- endmacro %}

{% macro sum_of_effects() -%}
    {%- for factor in case_mix_factors() -%}
        effect_{{ factor }}{{ ' + ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
