-- What a risk is told from: earlier moves, the fits that hold on a day, and the tutor's past as known.

-- A risk is told a day before the slot.
{% macro predicted_on(session) -%}
    {{ business_date(minutes_after(session ~ '.scheduled_start', -1440)) }}
{%- endmacro %}

-- What is to come has its risk elsewhere, an outage tells nothing of anybody, and for what is older
-- than the fits nothing would be told as it was then.
{% macro is_predicted(session) -%}
    (
        {{ session }}.status <> 'scheduled'
        and {{ session }}.outage_reason is null
        and {{ session }}.session_date >= {{ week_start(first_fit_week()) }}
    )
{%- endmacro %}

-- How often the lesson had been moved before: not at all, once, or oftener.
{% macro moves_before(session, previous) -%}
    case
        when {{ session }}.rescheduled_from is null then 0
        when {{ previous }}.rescheduled_from is null then 1
        else 2
    end
{%- endmacro %}

-- The month of the fit that a day goes by: used from its second day on, as weeks are.
{% macro fit_month_of(day) -%}
    greatest(
        {{ first_fit_month() }},
        least(
            {{ month_number(days_before(day, 1)) }},
            (select max(newest.fit_month) from {{ ref('int_move_ratios') }} as newest)
        )
    )
{%- endmacro %}

{% macro first_fit_month() -%}
    {{ month_number(week_start(first_fit_week())) }}
{%- endmacro %}

-- The first fit learns from a year of what was told before it.
{% macro first_told_day() -%}
    {{ week_start(first_fit_week() ~ ' - 52') }}
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
        left join (
            select
                session_id,
                rescheduled_from,
                outcome_known_at
            from {{ ref('fct_sessions') }}
            {% if is_micro_batch() %}
                where session_id in {{ few('rescheduled_from', sessions) }}
            {% endif %}
        ) as moved
            on
                {{ sessions }}.rescheduled_from = moved.session_id
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
