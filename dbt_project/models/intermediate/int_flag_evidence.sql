{{ config(materialized='ephemeral') }}
-- depends_on: {{ ref('int_flag_measures') }} {{ ref('int_flag_near_days') }}
-- depends_on: {{ ref('stg_ingest__tutors') }}

with

rules as (

    {{ flag_limits() }}

),

near_days as (

    select * from {{ ref('int_flag_near_days') }}
    {% if is_micro_batch() %}
        where tutor_id in ({{ reflagged_tutors() }})
    {% endif %}

),

measured as (

    select
        {% for measure in flag_measures() %}
            near_days.{{ measure }},
        {% endfor %}
        rules.*
    from near_days
    inner join rules
        on near_days.kind = rules.kind
    where near_days.score_date >= {{ flag_history_start() }}

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
