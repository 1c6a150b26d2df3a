{{ config(tags='nightly') }}

with

rules as (

    {{ flag_limits() }}

),

measures as (

    select
        component_days.*,
        rules.*
    from {{ ref('int_flag_measures') }} as component_days
    inner join rules
        on component_days.component = rules.kind
    where component_days.score_date >= {{ flag_history_start() }}

),

-- what no limit that a what-if may give would flag is left out, but for the as-of day
near as (

    select distinct
        tutor_id,
        kind
    from measures
    where
        {{ probability_above('flag_ratio * ' ~ var('what_if_ratio')) }}
        > {{ var('what_if_probability') }}

),

kept as (

    select measures.* from measures
    left join near
        on
            measures.tutor_id = near.tutor_id
            and measures.kind = near.kind
    where
        near.tutor_id is not null
        or measures.score_date = {{ as_of_date() }}

),

fct_what_if_evidence as (

    select
        kept.tutor_id,
        kept.kind,
        kept.score_date,
        {{ days_between(flag_history_start(), 'kept.score_date') }} as day_number,
        scores.state = 'scored' as is_scored,
        scores.state = 'scored'
        and (tutors.left_on is null or tutors.left_on > kept.score_date) as is_eligible,
        kept.expected,
        kept.ratio,
        kept.ratio_low,
        kept.ratio_high,
        kept.probability,
        kept.flag_ratio,
        kept.flag_probability,
        kept.release_probability,
        kept.minimum_expected,
        coalesce(flag_days.is_flagged, false) as is_flagged,
        kept.points,
        components.weight,
        components.steepness,
        components.harm_ratio,
        {{ as_of() }} as as_of,
        {{ var('formula_version') }} as formula_version
    from kept
    inner join {{ ref('fct_tutor_scores') }} as scores
        on
            kept.tutor_id = scores.tutor_id
            and kept.score_date = scores.score_date
    left join {{ ref('dim_tutors') }} as tutors
        on kept.tutor_id = tutors.tutor_id
    left join {{ ref('int_tutor_component_days') }} as components
        on
            kept.tutor_id = components.tutor_id
            and kept.kind = components.component
            and kept.score_date = components.score_date
    left join {{ ref('int_flag_days') }} as flag_days
        on
            kept.tutor_id = flag_days.tutor_id
            and kept.kind = flag_days.kind
            and kept.score_date = flag_days.score_date

)

select * from fct_what_if_evidence
