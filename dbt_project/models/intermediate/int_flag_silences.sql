with

closings as (

    select
        actions.*,
        rules.quiet_days
    from {{ ref('int_flag_actions_matched') }} as actions
    inner join {{ ref('int_flag_rules') }} as rules
        on actions.kind = rules.component
    where actions.action in ('resolve', 'dismiss')

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
            coalesce(worsenings.worse_on, cast('9999-12-31' as date))
        ) as quiet_until
    from closings
    left join {{ ref('int_flag_worsenings') }} as worsenings
        on closings.action_id = worsenings.action_id

)

select * from silences
