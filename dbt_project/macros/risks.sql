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
    select
        tutor_id,
        entry_date as predicted_on,
        {{ aged_evidence('before') }},
        is_request
    from (
        select
            *,
            {{ days_between(as_of_date(), 'entry_date') }} as day_number
        from (
            select
                tutor_id,
                {{ days_before('evidence_date', -1) }} as entry_date,
                false as is_request,
                {{ evidence_sums() | join(', ') }}
            from {{ ref('int_tutor_known_days') }}
            union all
            select
                tutor_id,
                predicted_on as entry_date,
                true as is_request,
                {{ zeros(evidence_sums()) }}
            from {{ requests }}
        ) as dated
    ) as numbered
    window before as (
        partition by tutor_id
        order by day_number, is_request
        rows between unbounded preceding and current row
    )
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
