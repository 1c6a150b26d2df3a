with

states as (

    select * from {{ ref('int_flag_action_states') }}

),

fct_flag_actions as (

    select
        action_id,
        version,
        flag_id,
        named_flag_id,
        spell_id is not null as is_flag_known,
        tutor_id,
        kind,
        action,
        acted_by,
        acted_at,
        acted_on,
        agrees,
        assignee,
        snoozed_until,
        until_sessions,
        until_worse,
        reason_code,
        note,
        is_intervention,
        quiet_until,
        {{ flag_status('acted_on', 'acted_at') }} as status_after,
        received_at,
        ingest_seq
    from states

)

select * from fct_flag_actions
