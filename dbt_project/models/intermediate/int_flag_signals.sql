{{ config(materialized='ephemeral') }}

with

rules as (

    select * from {{ ref('score_components') }}

),

-- most tutors never come near a flag
suspected as (

    select distinct
        component_days.tutor_id,
        component_days.component
    from {{ ref('int_tutor_component_days') }} as component_days
    inner join rules
        on component_days.component = rules.component
    where component_days.probability > rules.flag_probability

),

component_days as (

    select component_days.*
    from {{ ref('int_tutor_component_days') }} as component_days
    inner join suspected
        on
            component_days.tutor_id = suspected.tutor_id
            and component_days.component = suspected.component

),

scores as (

    select * from {{ ref('fct_tutor_scores') }}

),

-- a flag opens on strong evidence and closes only when the evidence is clearly gone
signals as (

    select
        component_days.*,
        case
            when scores.state <> 'scored' then 'closed'
            when tutors.left_on <= component_days.score_date then 'closed'
            when
                component_days.probability > rules.flag_probability
                and component_days.expected >= rules.minimum_expected
                then 'open'
            when component_days.probability < rules.release_probability then 'closed'
        end as signal
    from component_days
    inner join rules
        on component_days.component = rules.component
    inner join scores
        on
            component_days.tutor_id = scores.tutor_id
            and component_days.score_date = scores.score_date
    left join {{ ref('dim_tutors') }} as tutors
        on component_days.tutor_id = tutors.tutor_id

)

select * from signals
