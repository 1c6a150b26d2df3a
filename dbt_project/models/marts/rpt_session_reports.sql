{{ config(materialized='incremental', unique_key=['session_id', 'version']) }}

with

-- history that was filled in has its facts in fct_sessions; reports are for what happens live
sessions as (

    select * from {{ ref('fct_sessions') }}
    where
        status <> 'scheduled'
        and not is_backfill
        {% if is_incremental() %}
            and ingest_seq > (select coalesce(max(known.ingest_seq), 0) from {{ this }} as known)
        {% endif %}

),

scorecards as (

    select * from {{ ref('rpt_tutor_scorecards') }}

),

facts as (

    select
        session_id,
        array_agg({{ fact('fact_label', 'fact_value') }} order by place) as facts
    from (
        {% for label, condition, value in session_facts() %}
            select
                session_id,
                {{ loop.index }} as place,
                '{{ label }}' as fact_label,
                {{ value }} as fact_value
            from sessions
            where {{ condition }}
            {{ 'union all' if not loop.last }}
        {% endfor %}
    )
    group by 1

),

rpt_session_reports as (

    select
        sessions.session_id,
        sessions.version,
        sessions.tutor_id,
        scorecards.display_name,
        sessions.subject,
        sessions.scheduled_start,
        sessions.scheduled_end,
        coalesce(sessions.time_zone, '{{ var("time_zone") }}') as time_zone,
        sessions.status,
        sessions.caused_by,
        sessions.headline,
        sessions.severity,
        coalesce(facts.facts, []) as facts,
        sessions.is_first_session,
        scorecards.score,
        scorecards.score_low,
        scorecards.score_high,
        before.score as score_before,
        scorecards.state as score_state,
        scorecards.state_text,
        scorecards.session_count,
        case when scorecards.state = 'scored' then coalesce(reasons.reasons, []) else [] end
            as reasons,
        sessions.is_backfill,
        sessions.received_at,
        cast(current_timestamp as timestamp with time zone) as reported_at,
        scorecards.as_of,
        sessions.ingest_seq,
        scorecards.formula_version
    from sessions
    inner join scorecards
        on sessions.tutor_id = scorecards.tutor_id
    left join {{ ref('fct_tutor_scores') }} as before
        on
            sessions.tutor_id = before.tutor_id
            and before.score_date = {{ days_before('sessions.session_date', 1) }}
    left join facts
        on sessions.session_id = facts.session_id
    left join {{ ref('int_tutor_receipts') }} as reasons
        on sessions.tutor_id = reasons.tutor_id

)

select * from rpt_session_reports
