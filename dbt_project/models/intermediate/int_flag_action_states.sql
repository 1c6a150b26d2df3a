{% set decisions = "action in ('assign', 'resolve', 'dismiss')" %}

with

actions as (

    select
        matched_actions.*,
        coalesce(matched_actions.spell_id, matched_actions.flag_id) as flag_key,
        silences.quiet_until,
        snooze_ends.ends_at,
        pasts.past_action,
        pasts.past_quiet_until,
        pasts.past_flag_id
    from {{ ref('int_flag_actions_matched') }} as matched_actions
    left join {{ ref('int_flag_silences') }} as silences
        on matched_actions.action_id = silences.action_id
    left join {{ ref('int_flag_snooze_ends') }} as snooze_ends
        on matched_actions.action_id = snooze_ends.action_id
    left join {{ ref('int_flag_pasts') }} as pasts
        on matched_actions.spell_id = pasts.spell_id

),

-- what was last done about the flag, up to and with each action
followed as (

    select
        *,
        {% for value in ['action', 'acted_at', 'quiet_until'] %}
            last_value(case when {{ decisions }} then {{ value }} end ignore nulls)
                over so_far as decision_{{ value }},
        {% endfor %}
        max(case when action = 'acknowledge' then acted_at end) over so_far as noticed_at,
        max(case when action = 'acknowledge' then acted_on end) over so_far as noticed_on,
        {% for value in ['acted_at', 'acted_on', 'ends_at'] %}
            last_value(case when action = 'snooze' then {{ value }} end ignore nulls)
                over so_far as snooze_{{ value }},
        {% endfor %}
        last_value(case when action = 'assign' then assignee end ignore nulls)
            over so_far as last_assignee,
        min(case when action = 'acknowledge' then acted_at end) over so_far as acknowledged_at,
        max(case when action = 'resolve' then acted_at end) over so_far as resolved_at,
        max(case when action = 'dispute' then acted_at end) over so_far as disputed_at,
        max(case when action in ('resolve', 'dismiss') then acted_at end) over so_far as closed_at,
        sum(case when agrees then 1 else 0 end) over so_far as agree_count,
        sum(case when not agrees then 1 else 0 end) over so_far as disagree_count,
        row_number() over (
            partition by flag_key order by acted_at desc, action_id desc
        ) as recency
    from actions
    window so_far as (
        partition by flag_key
        order by acted_at, action_id
        rows between unbounded preceding and current row
    )

)

select * from followed
