-- What a risk is told from: earlier moves, the fits that hold on a day, and the tutor's past as known.

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
