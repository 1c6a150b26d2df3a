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
        (no_show_o + 2 * power({{ slow_ratio() }}, 0.3))
        / (no_show_e + 2)
    )
{%- endmacro %}

-- What all ratings say of a tutor stands in for first sessions not yet seen. Those who lose students
-- have more first sessions than others, so a typical tutor is below what all come to.
{% macro first_session_ratio() -%}
    (
        power({{ quality_ratio() }}, 0.55)
        * (slow_first_o + 3 * typical_first_ratio)
        / (slow_first_e + 3)
    )
{%- endmacro %}

{% macro quality_ratio() -%}
    exp(
        4 * (slow_quality_o - slow_quality_e)
        / (slow_quality_n + {{ var('rating_prior') }}) / {{ var('rating_scale') }}
    )
{%- endmacro %}

-- Poor first sessions are too many for a product of chances: factors are of the odds.
{% macro told_risk(kind, expected, factors) -%}
    {%- if kind == 'poor_first_session' -%}
        {%- set told = '1 / (1 + (1 - ' ~ expected ~ ') / ' ~ expected ~ ' / (' ~ factors | join(' * ') ~ '))' -%}
    {%- else -%}
        {%- set told = ([expected] + factors) | join(' * ') -%}
    {%- endif -%}
    {{ bounded_risk(told) }}
{%- endmacro %}

{% macro bounded_risk(chance) -%}
    least(greatest({{ chance }}, 0.001), 0.95)
{%- endmacro %}

-- Each kind of risk: what is expected of the slot, the tutor's factor, lately's, and what it makes
-- that the slot comes from one that was moved.
{% macro risks() -%}
    {{ return({
        'reschedule': ('reliability', [slow_ratio(), fast_ratio(), 'coalesce(move_ratio, 1)']),
        'no_show': ('no_show', [no_show_ratio(), '1.0', '1.0']),
        'poor_first_session': ('first_sessions', [first_session_ratio(), '1.0', '1.0']),
    }) }}
{%- endmacro %}

-- The risk and what makes it; where the stack is used its factor comes last.
{% macro told_columns(kind, outcome, factors) -%}
    {%- set expected = 'expected_' ~ outcome -%}
    {%- set told = told_risk(kind, expected, factors) -%}
    {%- set stack = stack_factor(expected, told) if kind == 'reschedule' else '1.0' -%}
    {{ told }} * {{ stack }} as probability,
    {{ expected }} as base_probability,
    {% for name in ['tutor_factor', 'recent_factor', 'moves_factor'] %}
        {{ factors[loop.index0] }} as {{ name }},
    {% endfor %}
    {{ stack }} as stack_factor
{%- endmacro %}
