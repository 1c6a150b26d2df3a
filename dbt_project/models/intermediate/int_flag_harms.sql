{{ config(materialized='ephemeral') }}

with

spells as (

    select * from {{ ref('int_flag_spells') }}
    where is_open

),

scores as (

    select * from {{ ref('fct_tutor_scores') }}
    where score_date = {{ as_of_date() }}

),

-- sessions of the window, carried on for 30 days; first sessions and ratings are a share of them
paced as (

    select
        spells.*,
        scores.session_count * 30.0 / {{ var('window_days') }}
        * case
            -- of all sessions, and trials are counted by another clock
            when spells.kind in ('drift', 'churn') then 1
            else least(spells.trials / nullif(scores.effective_session_count, 0), 1)
        end as coming_count
    from spells
    inner join scores
        on spells.tutor_id = scores.tutor_id

),

-- stars below the platform count as events too: four of them turn the best rating into the worst
harms as (

    select
        spell_id,
        coalesce(
            coming_count * greatest(
                case kind
                    when 'quality' then {{ var('rating_scale') }} * ln(ratio) / 4
                    else (ratio - 1) * expected / nullif(trials, 0)
                end,
                0
            ),
            0
        ) as avoidable_event_count
    from paced

)

select * from harms
