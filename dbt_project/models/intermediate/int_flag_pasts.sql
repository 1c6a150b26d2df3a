{{ config(materialized='ephemeral') }}

with

silences as (

    select * from {{ ref('int_flag_silences') }}

),

spells as (

    select * from {{ ref('int_flag_spells') }}

),

-- what a person closed before the spell began, and not long ago
earlier as (

    select
        spells.spell_id,
        silences.flag_id as past_flag_id,
        silences.action as past_action,
        silences.quiet_until as past_quiet_until,
        row_number() over (
            partition by spells.spell_id
            order by silences.acted_at desc, silences.action_id desc
        ) as recency
    from spells
    inner join silences
        on
            spells.tutor_id = silences.tutor_id
            and spells.kind = silences.kind
            and spells.opened_on > silences.acted_on
            and spells.spell_id <> coalesce(silences.spell_id, '')
    where
        case silences.action
            when 'dismiss' then silences.quiet_until > spells.opened_on
            else
                {{ days_between('silences.acted_on', 'spells.opened_on') }}
                <= silences.quiet_days
        end

),

pasts as (

    select * from earlier
    where recency = 1

)

select * from pasts
