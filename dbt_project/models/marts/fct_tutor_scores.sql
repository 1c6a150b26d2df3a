{{ config(materialized='incremental', unique_key=['tutor_id', 'score_date']) }}

with

component_days as (

    select * from {{ ref('int_tutor_component_days') }}
    {% if is_incremental() %}
        where {{ is_made_now() }}
    {% endif %}

),

evidence as (

    select * from {{ ref('int_tutor_evidence_days') }}
    {% if is_incremental() %}
        where {{ is_made_now() }}
    {% endif %}

),

summed as (

    select
        tutor_id,
        score_date,
        {% for component in ['reliability', 'attendance', 'quality', 'first_sessions'] %}
            cast(sum(case when component = '{{ component }}' then points end) as decimal(5, 1))
                as {{ component }}_points,
        {% endfor %}
        cast({{ var('baseline') }} + sum(points) as decimal(5, 1)) as score,
        {{ doubt('points - points_low') }} as points_below,
        {{ doubt('points_high - points') }} as points_above
    from component_days
    group by 1, 2

),

states as (

    select
        summed.*,
        evidence.window_session_count,
        evidence.reliability_n as effective_session_count,
        evidence.built_seq,
        evidence.built_at,
        case
            when
                evidence.reliability_n >= {{ var('enough_sessions') }}
                and evidence.window_session_count >= {{ var('enough_recent_sessions') }}
                then 'scored'
            when
                {{ is_new_on('summed.score_date', 'tutors') }}
                then 'new_tutor'
            else 'not_enough_recent_data'
        end as state
    from summed
    inner join evidence
        on
            summed.tutor_id = evidence.tutor_id
            and summed.score_date = evidence.score_date
    left join {{ ref('dim_tutors') }} as tutors
        on summed.tutor_id = tutors.tutor_id

),

fct_tutor_scores as (

    select
        tutor_id,
        score_date,
        state,
        {% set values = {
            'score': 'score',
            'score_low': 'greatest(score - points_below, 0)',
            'score_high': 'least(score + points_above, 100)',
            'baseline': var('baseline'),
            'reliability_points': 'reliability_points',
            'attendance_points': 'attendance_points',
            'quality_points': 'quality_points',
            'first_sessions_points': 'first_sessions_points',
        } %}
        {% for name, value in values.items() %}
            case when state = 'scored' then cast({{ value }} as decimal(5, 1)) end as {{ name }},
        {% endfor %}
        window_session_count as session_count,
        effective_session_count,
        {{ var('formula_version') }} as formula_version,
        built_seq,
        built_at
    from states

)

select * from fct_tutor_scores
order by 2
