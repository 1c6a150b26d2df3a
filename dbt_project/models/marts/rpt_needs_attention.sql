with

scorecards as (

    select * from {{ ref('rpt_tutor_scorecards') }}

),

clearances as (

    select * from {{ ref('int_flag_clearances') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by tutor_id
            order by probability desc, kind asc
        ) as strength
    from clearances

),

flagged as (

    select * from {{ ref('int_flagged_tutors') }}

),

reasons as (

    select * from {{ ref('int_tutor_reasons') }}

),

-- lost points times confidence: the most avoidable harm first
ordered as (

    select
        flagged.*,
        ranked.kind,
        ranked.clears_text,
        row_number() over (
            order by
                flagged.severity asc,
                (scorecards.baseline - scorecards.score)
                * (1 - flagged.false_alarm_probability) desc,
                flagged.tutor_id asc
        ) as position
    from flagged
    inner join ranked
        on
            flagged.tutor_id = ranked.tutor_id
            and ranked.strength = 1
    inner join scorecards
        on flagged.tutor_id = scorecards.tutor_id

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
        scorecards.formula_version
    from ordered
    inner join scorecards
        on ordered.tutor_id = scorecards.tutor_id
    left join reasons
        on ordered.tutor_id = reasons.tutor_id

)

select * from rpt_needs_attention
