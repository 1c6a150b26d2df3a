{{ config(materialized='ephemeral') }}

with

spells as (

    select * from {{ ref('int_flag_spells') }}

),

last_actions as (

    select * from {{ ref('int_flag_action_states') }}
    where
        spell_id is not null
        and recency = 1

),

joined as (

    select
        {% for column in [
            'decision_action', 'decision_acted_at', 'decision_quiet_until',
            'snooze_acted_at', 'snooze_acted_on', 'snooze_ends_at',
            'noticed_at', 'noticed_on', 'last_assignee',
            'acknowledged_at', 'resolved_at', 'disputed_at', 'closed_at',
            'agree_count', 'disagree_count',
        ] %}
            last_actions.{{ column }},
        {% endfor %}
        spells.spell_id,
        spells.is_open,
        spells.last_on,
        coalesce(last_actions.flag_id, spells.spell_id) as flag_id,
        pasts.past_action,
        pasts.past_quiet_until,
        pasts.past_flag_id
    from spells
    left join last_actions
        on spells.spell_id = last_actions.spell_id
    left join {{ ref('int_flag_pasts') }} as pasts
        on spells.spell_id = pasts.spell_id

),

stood as (

    select
        *,
        {{ flag_status('last_on', as_of()) }} as last_status
    from joined

),

-- evidence that is gone closes a flag, unless a person had closed it
standings as (

    select
        *,
        case
            when is_open or last_status in ('resolved', 'dismissed') then last_status
            else 'cleared'
        end as status,
        case
            when decision_quiet_until <= last_on and decision_action <> 'assign' then flag_id
            when past_action = 'resolve' or past_quiet_until <= last_on then past_flag_id
        end as regressed_from_flag_id
    from stood

)

select * from standings
