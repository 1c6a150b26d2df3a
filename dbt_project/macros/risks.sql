-- What is told of a session before it: the chance that such a slot has with a typical tutor, times
-- what this tutor's past makes of it. Formulas: docs/decisions/0017-expected-risks.md

-- evidence enters on the slot's day, or when it became known if that was later
{% macro evidence_date(session) -%}
    greatest({{ session }}.session_date, {{ business_date(session ~ '.outcome_known_at') }})
{%- endmacro %}

{% macro slow_ratio() -%}
    ((slow_o + 2) / (slow_e + 2))
{%- endmacro %}

{% macro fast_ratio() -%}
    ((fast_o + 6) / (fast_e * {{ slow_ratio() }} + 6))
{%- endmacro %}

-- who moves sessions is likelier to miss them; absences alone are too rare to tell
{% macro no_show_ratio() -%}
    (
        (no_show_o + 6 * sqrt({{ slow_ratio() }}))
        / (no_show_e + 6)
    )
{%- endmacro %}

-- what all ratings say of a tutor stands in for first sessions not yet seen
{% macro first_session_ratio() -%}
    (
        (slow_first_o + 3 * {{ quality_ratio() }})
        / (slow_first_e + 3)
    )
{%- endmacro %}

{% macro quality_ratio() -%}
    exp(
        4 * (slow_quality_o - slow_quality_e)
        / (slow_quality_n + {{ var('rating_prior') }}) / {{ var('rating_scale') }}
    )
{%- endmacro %}

{% macro told_risk(chance) -%}
    least(greatest({{ chance }}, 0.001), 0.95)
{%- endmacro %}

-- Each kind of risk: what is expected of the slot, the tutor's factor, and lately's.
{% macro risks() -%}
    {{ return({
        'reschedule': ('reliability', slow_ratio(), fast_ratio()),
        'no_show': ('no_show', no_show_ratio(), '1.0'),
        'poor_first_session': ('first_sessions', first_session_ratio(), '1.0'),
    }) }}
{%- endmacro %}

-- Evidence of tutors as it was known before a day: `requests` are (tutor_id, predicted_on).
{% macro evidence_before(requests) -%}
    {% set states = ref('int_tutor_known_states') %}
    select
        located.tutor_id,
        located.predicted_on,
        {% for name, (_, half_life) in evidence_sums().items() %}
            coalesce(
                states.{{ name }} * exp(
                    -ln(2) / {{ half_life }}
                    * ({{ days_between('located.known_on', 'located.predicted_on') }} - 1)
                ), 0
            ) as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from (
        select
            *,
            max(case when not is_request then predicted_on end) over (
                partition by tutor_id
                order by predicted_on, is_request desc
                rows between unbounded preceding and current row
            ) as known_on
        from (
            select
                tutor_id,
                evidence_date as predicted_on,
                false as is_request
            from {{ states }}
            where tutor_id in (select tutor_id from {{ requests }})
            union all
            select
                tutor_id,
                predicted_on,
                true as is_request
            from {{ requests }}
        ) as dated
    ) as located
    left join {{ states }} as states
        on
            {{ state_id('located.tutor_id', 'located.known_on') }} = states.state_id
    where located.is_request
{%- endmacro %}

{% macro risk_reason() -%}
    {{ number_text('100 * platform_rate', 1) }} || ' % of all such sessions'
    || {{ factor_words('slot_factor', 'at this time and with this lead') }}
    || {{ factor_words('tutor_factor', "with this tutor''s past") }}
    || {{ factor_words('recent_factor', 'with the last weeks') }}
{%- endmacro %}

-- a factor that changes little is not worth a word
{% macro factor_words(factor, words) -%}
    case
        when {{ factor }} between 0.9 and 1.1 then ''
        else ', × ' || {{ number_text(factor, 1) }} || ' {{ words }}'
    end
{%- endmacro %}
