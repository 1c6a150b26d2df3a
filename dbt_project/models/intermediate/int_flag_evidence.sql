{{ config(materialized='ephemeral') }}

{% set limits = ['flag_ratio', 'flag_probability', 'release_probability', 'minimum_expected'] %}
{% set measures = [
    'trials', 'observed', 'expected', 'ratio', 'ratio_low', 'ratio_high',
    'rate', 'rate_low', 'rate_high', 'platform_rate', 'points',
] %}

with

rules as (

    select
        {% for limit in limits %}
            {{ flag_limit(limit) }} as {{ limit }},
        {% endfor %}
        component as kind
    from {{ ref('score_components') }}

),

-- most tutors never come near a flag
near as (

    select distinct
        component_days.tutor_id,
        component_days.component
    from {{ ref('int_tutor_component_days') }} as component_days
    inner join rules
        on component_days.component = rules.kind
    where
        component_days.score_date >= {{ flag_history_start() }}
        and {{ flag_probability() }} > rules.flag_probability

),

component_days as (

    select * from {{ ref('int_tutor_component_days') }}
    where score_date >= {{ flag_history_start() }}

),

measured as (

    select
        component_days.tutor_id,
        component_days.score_date,
        {% for measure in measures %}
            component_days.{{ measure }},
        {% endfor %}
        rules.*,
        {{ flag_probability() }} as probability
    from component_days
    inner join near
        on
            component_days.tutor_id = near.tutor_id
            and component_days.component = near.component
    inner join rules
        on component_days.component = rules.kind

),

evidence as (

    select
        measured.*,
        scores.state = 'scored'
        and (tutors.left_on is null or tutors.left_on > measured.score_date) as is_eligible
    from measured
    inner join {{ ref('fct_tutor_scores') }} as scores
        on
            measured.tutor_id = scores.tutor_id
            and measured.score_date = scores.score_date
    left join {{ ref('dim_tutors') }} as tutors
        on measured.tutor_id = tutors.tutor_id

)

select * from evidence
