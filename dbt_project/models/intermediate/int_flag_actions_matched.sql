with

actions as (

    select * from {{ ref('int_flag_actions_latest') }}

),

spells as (

    select * from {{ ref('int_flag_spells') }}

),

rules as (

    select
        component,
        matching_days
    from {{ ref('int_flag_rules') }}

),

-- late sessions can move the day a flag opened on, so it is found by the nearest spell
distances as (

    select
        actions.action_id,
        spells.spell_id,
        spells.opened_on,
        case
            when actions.named_on > spells.last_on
                then {{ days_between('spells.last_on', 'actions.named_on') }}
            when actions.named_on >= spells.opened_on or spells.opened_before_history then 0
            else {{ days_between('actions.named_on', 'spells.opened_on') }}
        end as distance_days,
        rules.matching_days
    from actions
    inner join spells
        on
            actions.tutor_id = spells.tutor_id
            and actions.kind = spells.kind
    inner join rules
        on actions.kind = rules.component
    where actions.acted_on >= {{ flag_history_start() }}

),

nearest as (

    select
        action_id,
        spell_id,
        row_number() over (
            partition by action_id
            order by distance_days, opened_on
        ) as place
    from distances
    where distance_days <= matching_days

),

-- a flag keeps the id under which people knew it first
matched as (

    select
        actions.*,
        nearest.spell_id,
        case
            when nearest.spell_id is null then actions.named_flag_id
            else
                first_value(actions.named_flag_id) over (
                    partition by nearest.spell_id
                    order by actions.acted_at, actions.action_id
                )
        end as flag_id
    from actions
    left join nearest
        on
            actions.action_id = nearest.action_id
            and nearest.place = 1

)

select * from matched
