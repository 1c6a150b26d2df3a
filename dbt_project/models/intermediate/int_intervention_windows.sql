{{ config(materialized='ephemeral') }}

with

interventions as (

    select * from {{ ref('int_interventions') }}
    where starts_on >= {{ flag_history_start() }}

),

-- Ratings count the stars that are missing from five, so that less is better for every component.
component_days as (

    select
        tutor_id,
        score_date,
        component,
        trials,
        case component when 'quality' then 5 * trials - observed else observed end as observed,
        case component
            when 'quality' then 5 - platform_rate
            else expected / nullif(trials, 0)
        end as expected_rate,
        case component
            when 'quality'
                then
                    power((ln(ratio_high) - ln(ratio_low)) / 6.58, 2)
                    * (trials + {{ var('rating_prior') }}) / nullif(5 - platform_rate, 0)
            else 1
        end as dispersion
    from {{ ref('int_tutor_component_days') }}

),

-- What came in a window is the evidence at its end less what is left of that at its start.
differences as (

    select
        interventions.action_id,
        interventions.horizon_days,
        interventions.tutor_id = on_day.tutor_id as is_own,
        on_day.tutor_id,
        on_day.dispersion,
        on_day.trials * on_day.expected_rate as expected,
        on_day.observed - coalesce(start_day.observed, 0) * {{ decay('28') }} as observed_before,
        (on_day.trials - coalesce(start_day.trials, 0) * {{ decay('28') }})
        * on_day.expected_rate as expected_before,
        end_day.observed - on_day.observed * {{ decay('interventions.horizon_days') }}
            as observed_after,
        (end_day.trials - on_day.trials * {{ decay('interventions.horizon_days') }})
        * end_day.expected_rate as expected_after
    from interventions
    inner join component_days as on_day
        on
            interventions.component = on_day.component
            and interventions.acted_on = on_day.score_date
    left join component_days as start_day
        on
            on_day.tutor_id = start_day.tutor_id
            and on_day.component = start_day.component
            and interventions.starts_on = start_day.score_date
    left join component_days as end_day
        on
            on_day.tutor_id = end_day.tutor_id
            and on_day.component = end_day.component
            and interventions.ends_on = end_day.score_date
            and end_day.score_date < {{ as_of_date() }}

),

windows as (

    select
        action_id,
        horizon_days,
        is_own,
        tutor_id,
        dispersion,
        expected,
        case when observed_before < 0 then 0 else observed_before end as observed_before,
        case when expected_before >= 0.1 then expected_before end as expected_before,
        case when observed_after < 0 then 0 else observed_after end as observed_after,
        case when expected_after >= 0.1 then expected_after end as expected_after
    from differences

)

select * from windows
