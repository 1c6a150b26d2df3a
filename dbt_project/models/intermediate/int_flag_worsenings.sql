{{ config(materialized='ephemeral') }}

with

actions as (

    select
        actions.*,
        rules.worse_ratio,
        rules.flag_probability
    from {{ ref('int_flag_actions_matched') }} as actions
    inner join {{ ref('int_flag_rules') }} as rules
        on actions.kind = rules.component
    where
        actions.action in ('resolve', 'dismiss')
        or (actions.action = 'snooze' and actions.until_worse)

),

near_days as (

    select * from {{ ref('int_flag_near_days') }}

),

-- clearly worse: strong evidence for a ratio well above that of the day of the action
worsenings as (

    select
        actions.action_id,
        min(later.score_date) as worse_on
    from actions
    inner join near_days as then_known
        on
            actions.tutor_id = then_known.tutor_id
            and actions.kind = then_known.kind
            and actions.acted_on = then_known.score_date
    inner join near_days as later
        on
            actions.tutor_id = later.tutor_id
            and actions.kind = later.kind
            and actions.acted_on < later.score_date
    where
        later.ratio >= actions.worse_ratio * then_known.ratio
        and later.probability > actions.flag_probability
    group by 1

)

select * from worsenings
