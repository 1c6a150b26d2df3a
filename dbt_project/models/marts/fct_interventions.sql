{{ config(tags='nightly') }}

with

interventions as (

    select * from {{ ref('int_interventions') }}

),

own as (

    select * from {{ ref('int_intervention_windows') }}
    where is_own

),

priors as (

    {{ priors_on('(select acted_on as score_date from interventions) as acted') }}

),

compared as (

    select
        interventions.*,
        coalesce(peers.peer_count, 0) as peer_count,
        own.observed_before,
        own.expected_before,
        own.observed_after,
        own.expected_after,
        own.observed_before / own.expected_before as ratio_before,
        own.observed_after / own.expected_after as ratio_after,
        peers.observed_before / peers.expected_before as peer_ratio_before,
        peers.observed_after / peers.expected_after as peer_ratio_after,
        sqrt({{ effect_variance() }}) as effect_sd
    from interventions
    inner join priors
        on
            interventions.component = priors.component
            and interventions.acted_on = priors.score_date
    left join own
        on
            interventions.action_id = own.action_id
            and interventions.horizon_days = own.horizon_days
    left join {{ ref('int_intervention_peers') }} as peers
        on
            interventions.action_id = peers.action_id
            and interventions.horizon_days = peers.horizon_days

),

judged as (

    select
        *,
        case
            when starts_on < {{ flag_history_start() }} then 'out_of_history'
            when ends_on >= {{ as_of_date() }} then 'too_early'
            when expected_before is null or expected_after is null then 'too_few_sessions'
            when peer_count < 3 then 'no_peers'
            else 'measured'
        end as state,
        (ratio_after - ratio_before) - (peer_ratio_after - peer_ratio_before) as difference
    from compared

),

fct_interventions as (

    select
        action_id,
        horizon_days,
        flag_id,
        tutor_id,
        kind,
        component,
        action,
        reason_code,
        acted_by,
        acted_on,
        state,
        peer_count,
        observed_before,
        expected_before,
        ratio_before,
        observed_after,
        expected_after,
        ratio_after,
        peer_ratio_before,
        peer_ratio_after,
        {{ told_effect() }},
        {{ as_of() }} as as_of
    from judged

)

select * from fct_interventions
