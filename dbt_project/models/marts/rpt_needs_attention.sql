with

flags as (

    select * from {{ ref('fct_flags') }}
    where is_open

),

scorecards as (

    select * from {{ ref('rpt_tutor_scorecards') }}

),

rules as (

    select * from {{ ref('score_components') }}

),

-- kept sessions that would bring the ratio back to the limit of the flag
clearances as (

    select
        flags.*,
        ceil(
            (
                (flags.expected_count + rules.prior_strength) * flags.ratio / rules.flag_ratio
                - rules.prior_strength
                - flags.expected_count
            ) / nullif(flags.platform_rate, 0)
        ) as sessions_to_clear
    from flags
    inner join rules
        on flags.kind = rules.component

),

ranked as (

    select
        *,
        row_number() over (
            partition by tutor_id
            order by probability desc, kind
        ) as strength
    from clearances

),

grouped as (

    select
        tutor_id,
        min(severity) as severity,
        array_agg(flag_id order by flag_id) as flag_ids,
        min(opened_on) as opened_on,
        1 - max(probability) as false_alarm_probability
    from flags
    group by 1

),

reasons as (

    select
        tutor_id,
        array_agg(component_facts order by points) as reasons
    from (
        select
            *,
            row_number() over (partition by tutor_id order by points, component) as place
        from {{ ref('int_tutor_components') }}
        where points < 0
    )
    where place <= 3
    group by 1

),

-- lost points times confidence: the most avoidable harm first
ordered as (

    select
        grouped.*,
        ranked.kind,
        ranked.sessions_to_clear,
        row_number() over (
            order by
                grouped.severity,
                (scorecards.baseline - scorecards.score)
                * (1 - grouped.false_alarm_probability) desc,
                grouped.tutor_id
        ) as position
    from grouped
    inner join ranked
        on
            grouped.tutor_id = ranked.tutor_id
            and ranked.strength = 1
    inner join scorecards
        on grouped.tutor_id = scorecards.tutor_id

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
        case
            when ordered.kind = 'quality'
                then 'Clears when ratings come back to the platform''s level.'
            when ordered.sessions_to_clear <= 1 then 'Close to clearing.'
            when ordered.sessions_to_clear > 200
                then 'Will not clear by waiting: it would take more than 200 good sessions in a row.'
            else
                'Clears after about '
                || {{ number_text('ordered.sessions_to_clear') }}
                || case ordered.kind
                    when 'first_sessions' then ' good first sessions in a row.'
                    when 'attendance' then ' sessions in a row, there and on time.'
                    else ' sessions kept in a row.'
                end
        end as clears_text,
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
