with

spells as (

    select * from {{ ref('int_flag_spells') }}

),

standings as (

    select * from {{ ref('int_flag_standings') }}

),

clearances as (

    select * from {{ ref('int_flag_clearances') }}

),

harms as (

    select * from {{ ref('int_flag_harms') }}

),

fct_flags as (

    select
        standings.flag_id,
        spells.tutor_id,
        spells.kind,
        case when spells.probability >= 0.97 then 'high' else 'watch' end as severity,
        spells.opened_on,
        case when not spells.is_open then {{ days_before('spells.last_on', -1) }} end as closed_on,
        spells.is_open,
        spells.probability,
        spells.ratio,
        spells.ratio_low,
        spells.ratio_high,
        spells.rate,
        spells.rate_low,
        spells.rate_high,
        spells.platform_rate,
        spells.expected as expected_count,
        spells.trials as effective_session_count,
        spells.points,

        -- what people did about it
        standings.status,
        spells.is_open and standings.status in ('open', 'acknowledged', 'assigned', 'regressed')
            as needs_attention,
        standings.last_assignee as assignee,
        case when standings.status = 'snoozed' then standings.snooze_ends_at end
            as snoozed_until,
        standings.acknowledged_at,
        standings.resolved_at,
        cast(coalesce(standings.agree_count, 0) as bigint) as agree_count,
        cast(coalesce(standings.disagree_count, 0) as bigint) as disagree_count,
        standings.disputed_at is not null
        and (standings.closed_at is null or standings.disputed_at > standings.closed_at)
            as is_disputed,
        standings.regressed_from_flag_id,
        spells.opened_before_history,

        -- what would clear it, and what it costs meanwhile
        clearances.clears_text,
        clearances.sessions_to_clear,
        harms.avoidable_event_count
    from spells
    inner join standings
        on spells.spell_id = standings.spell_id
    left join clearances
        on spells.spell_id = clearances.spell_id
    left join harms
        on spells.spell_id = harms.spell_id

)

select * from fct_flags
