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

-- How often the lesson had been moved before: not at all, once, or oftener.
{% macro moves_before(session, previous) -%}
    case
        when {{ session }}.rescheduled_from is null then 0
        when {{ previous }}.session_id is null then 1
        else 2
    end
{%- endmacro %}

-- The month of the fit that a day goes by: used from its second day on, as weeks are.
{% macro fit_month_of(day) -%}
    least(
        {{ month_number(days_before(day, 1)) }},
        (select max(newest.fit_month) from {{ ref('int_move_ratios') }} as newest)
    )
{%- endmacro %}

-- Sessions with the ratios that hold on the day of the prediction, `predicted_on`, from the slots
-- before them that were `known_by` a moment.
{% macro with_ratios(sessions, known_by) -%}
    select
        counted.*,
        moves.move_ratio,
        coalesce(spreads.typical_ratio, 1) as typical_first_ratio,
        stacks.is_used as is_stack_used,
        {% for name in stack_names() %}
            stacks.coefficient_{{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from (
        select
            {{ sessions }}.*,
            {{ moves_before(sessions, 'moved') }} as moves_before
        from {{ sessions }}
        left join {{ ref('fct_sessions') }} as moved
            on
                {{ sessions }}.rescheduled_from = moved.session_id
                and moved.rescheduled_from is not null
                and moved.outcome_known_at <= {{ known_by }}
    ) as counted
    left join {{ ref('int_move_ratios') }} as moves
        on
            counted.moves_before = moves.moves_before
            and moves.fit_month = {{ fit_month_of('counted.predicted_on') }}
    left join {{ ref('int_risk_stacks') }} as stacks
        on stacks.fit_month = {{ fit_month_of('counted.predicted_on') }}
    left join {{ ref('int_component_spreads') }} as spreads
        on
            spreads.outcome = 'first_sessions'
            and spreads.fit_week = {{ fit_week_of_spread('counted.predicted_on') }}
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
    || {{ factor_words('moves_factor', 'since it was moved before') }}
    || {{ factor_words('stack_factor', 'with all that is known of the tutor') }}
{%- endmacro %}

-- a factor that changes little is not worth a word
{% macro factor_words(factor, words) -%}
    case
        when {{ factor }} between 0.9 and 1.1 then ''
        else ', × ' || {{ number_text(factor, 1) }} || ' {{ words }}'
    end
{%- endmacro %}
