with

scorecards as (

    select * from {{ ref('rpt_tutor_scorecards') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by tutor_id
            order by avoidable_event_count * probability desc, probability desc, kind asc
        ) as strength
    from {{ ref('fct_flags') }}
    where needs_attention

),

flagged as (

    select * from {{ ref('int_flagged_tutors') }}

),

reasons as (

    select * from {{ ref('int_tutor_receipts') }}

),

-- the most avoidable harm first, each flag's by the probability that it is real
ordered as (

    select
        flagged.*,
        ranked.kind,
        ranked.status,
        ranked.assignee,
        ranked.is_disputed,
        ranked.regressed_from_flag_id is not null as is_regressed,
        ranked.clears_text,
        ranked.sessions_to_clear,
        row_number() over (
            order by
                flagged.avoidable_event_count desc,
                flagged.false_alarm_probability asc,
                flagged.tutor_id asc
        ) as position
    from flagged
    inner join ranked
        on
            flagged.tutor_id = ranked.tutor_id
            and ranked.strength = 1

),

rpt_needs_attention as (

    select
        ordered.position,
        ordered.tutor_id,
        scorecards.display_name,
        scorecards.subjects,
        ordered.severity,
        ordered.kind,
        ordered.flag_ids,
        scorecards.score,
        scorecards.score_low,
        scorecards.score_high,
        scorecards.session_count,
        coalesce(reasons.reasons, []) as reasons,
        ordered.opened_on,
        {{ days_between('ordered.opened_on', as_of_date()) }} as days_open,
        scorecards.score_change_30d,
        ordered.false_alarm_probability,
        ordered.clears_text,
        ordered.position <= {{ var('coach_capacity') }} as is_in_capacity,
        scorecards.as_of,
        scorecards.formula_version,
        ordered.status,
        ordered.assignee,
        ordered.is_disputed,
        ordered.is_regressed,
        ordered.avoidable_event_count,
        ordered.sessions_to_clear
    from ordered
    inner join scorecards
        on ordered.tutor_id = scorecards.tutor_id
    left join reasons
        on ordered.tutor_id = reasons.tutor_id

)

select * from rpt_needs_attention
