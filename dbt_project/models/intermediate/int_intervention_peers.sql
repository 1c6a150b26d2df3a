{{ config(materialized='ephemeral') }}

with

windows as (

    select * from {{ ref('int_intervention_windows') }}

),

interventions as (

    select * from {{ ref('int_interventions') }}

),

-- A peer was as far from the platform before, with about as much to do: chance that made the tutor
-- look bad made the peer look bad too, and both come back from it.
alike as (

    select
        own.action_id,
        own.horizon_days,
        peers.tutor_id,
        peers.observed_before,
        peers.expected_before,
        peers.observed_after,
        peers.expected_after
    from windows as own
    inner join windows as peers
        on
            own.action_id = peers.action_id
            and own.horizon_days = peers.horizon_days
            and own.is_own
            and not peers.is_own
    where
        abs(
            peers.observed_before / peers.expected_before
            - own.observed_before / own.expected_before
        ) <= 0.15 * own.observed_before / own.expected_before
        and peers.expected between own.expected / 2 and own.expected * 2
        and peers.expected_after is not null

),

busy as (

    select distinct
        alike.action_id,
        alike.horizon_days,
        alike.tutor_id
    from alike
    inner join interventions as own
        on
            alike.action_id = own.action_id
            and alike.horizon_days = own.horizon_days
    inner join interventions as other
        on
            alike.tutor_id = other.tutor_id
            and other.acted_on between own.starts_on and own.ends_on

),

peers as (

    select
        alike.action_id,
        alike.horizon_days,
        count(*) as peer_count,
        sum(alike.observed_before) as observed_before,
        sum(alike.expected_before) as expected_before,
        sum(alike.observed_after) as observed_after,
        sum(alike.expected_after) as expected_after
    from alike
    left join busy
        on
            alike.action_id = busy.action_id
            and alike.horizon_days = busy.horizon_days
            and alike.tutor_id = busy.tutor_id
    where busy.tutor_id is null
    group by 1, 2

)

select * from peers
