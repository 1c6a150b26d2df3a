{{ config(materialized='ephemeral') }}

with

snoozes as (

    select * from {{ ref('int_flag_actions_matched') }}
    where action = 'snooze'

),

days_since as (

    select
        snoozes.action_id,
        snoozes.until_sessions,
        tutor_days.session_date,
        sum(tutor_days.session_count) over (
            partition by snoozes.action_id
            order by tutor_days.session_date
        ) as session_count
    from snoozes
    inner join {{ ref('fct_tutor_days') }} as tutor_days
        on
            snoozes.tutor_id = tutor_days.tutor_id
            and snoozes.acted_on < tutor_days.session_date
    where snoozes.until_sessions is not null

),

taught as (

    select
        action_id,
        min(session_date) as taught_on
    from days_since
    where session_count >= until_sessions
    group by 1

),

snooze_ends as (

    select
        snoozes.action_id,
        least(
            snoozes.snoozed_until,
            {{ start_of_day('taught.taught_on') }},
            {{ start_of_day('worsenings.worse_on') }}
        ) as ends_at
    from snoozes
    left join taught
        on snoozes.action_id = taught.action_id
    left join {{ ref('int_flag_worsenings') }} as worsenings
        on snoozes.action_id = worsenings.action_id

)

select * from snooze_ends
