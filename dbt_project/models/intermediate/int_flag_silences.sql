with

closings as (

    select
        actions.*,
        rules.quiet_days,
        rules.worse_ratio,
        rules.flag_probability
    from {{ ref('int_flag_actions_matched') }} as actions
    inner join {{ ref('int_flag_rules') }} as rules
        on actions.kind = rules.component
    where actions.action in ('resolve', 'dismiss')

),

near_days as (

    select * from {{ ref('int_flag_near_days') }}

),

-- clearly worse: strong evidence for a ratio well above that of the day the flag was closed
worse as (

    select
        closings.action_id,
        min(later.score_date) as worse_on
    from closings
    inner join near_days as then_known
        on
            closings.tutor_id = then_known.tutor_id
            and closings.kind = then_known.kind
            and closings.acted_on = then_known.score_date
    inner join near_days as later
        on
            closings.tutor_id = later.tutor_id
            and closings.kind = later.kind
            and closings.acted_on < later.score_date
    where
        later.ratio >= closings.worse_ratio * then_known.ratio
        and later.probability > closings.flag_probability
    group by 1

),

silences as (

    select
        closings.action_id,
        closings.tutor_id,
        closings.kind,
        closings.spell_id,
        closings.flag_id,
        closings.action,
        closings.acted_at,
        closings.acted_on,
        closings.quiet_days,
        least(
            {{ days_before('closings.acted_on', '-closings.quiet_days') }},
            coalesce(worse.worse_on, cast('9999-12-31' as date))
        ) as quiet_until
    from closings
    left join worse
        on closings.action_id = worse.action_id

)

select * from silences
