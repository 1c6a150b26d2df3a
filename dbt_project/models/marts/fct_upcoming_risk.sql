with

upcoming as (

    select
        *,
        {{ days_before(as_of_date(), -1) }} as predicted_on
    from {{ ref('fct_sessions') }}
    where
        status = 'scheduled'
        and scheduled_start > {{ as_of() }}
        and scheduled_start <= {{ minutes_after(as_of(), var('risk_hours') | int * 60) }}

),

sessions as (

    {{ with_ratios('upcoming', known_by=as_of()) }}

),

evidence as (

    select * from {{ ref('int_tutor_evidence_days') }}
    where score_date = {{ as_of_date() }}

),

platform_rates as (

    {{ platform_rates_on('evidence') }}

),

risks as (

    {% for kind, (outcome, factors) in risks().items() %}
        select
            sessions.*,
            '{{ kind }}' as kind,
            platform_rates.platform_rate,
            expected_{{ outcome }} / platform_rates.platform_rate as slot_factor,
            {{ told_columns(kind, outcome, factors) }},
            evidence.slow_n as effective_session_count
        from sessions
        inner join evidence
            on sessions.tutor_id = evidence.tutor_id
        inner join platform_rates
            on platform_rates.outcome = '{{ outcome }}'
        {% if kind == 'poor_first_session' %}
            where sessions.is_first_session
        {% endif %}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

fct_upcoming_risk as (

    select
        session_id,
        kind,
        tutor_id,
        student_id,
        subject,
        scheduled_start,
        session_date,
        is_first_session,
        {{ minutes_between(as_of(), 'scheduled_start') }} / 60 as hours_ahead,
        probability,
        {{ risk_severity() }} as severity,
        base_probability,
        platform_rate,
        slot_factor,
        tutor_factor,
        recent_factor,
        moves_factor,
        stack_factor,
        {{ risk_reason() }} as reason_text,
        effective_session_count,
        {{ as_of() }} as as_of,
        {{ var('formula_version') }} as formula_version
    from risks

)

select * from fct_upcoming_risk
