{% set enough_peers = 5 %}

with

tutors as (

    select
        tutors.tutor_id,
        coalesce(
            main_subjects.main_subject, {{ first_of('tutors.subjects') }}, 'not told'
        ) as main_subject,
        case
            when tutors.tenure_days < 90 then 'new'
            when tutors.tenure_days < 365 then 'months'
            when tutors.tenure_days >= 365 then 'years'
            else 'not told'
        end as tenure
    from {{ ref('dim_tutors') }} as tutors
    left join {{ ref('int_tutor_main_subjects') }} as main_subjects
        on tutors.tutor_id = main_subjects.tutor_id

),

placed as (

    select
        tutors.*,
        cast(scores.score as double) as score
    from tutors
    inner join {{ ref('fct_tutor_scores') }} as scores
        on
            tutors.tutor_id = scores.tutor_id
            and scores.score_date = {{ as_of_date() }}

),

bands as (

    select
        main_subject,
        tenure,
        count(score) as scored_count,
        {{ quantile('score', 0.1) }} as score_p10,
        {{ quantile('score', 0.5) }} as score_p50,
        {{ quantile('score', 0.9) }} as score_p90
    from placed
    group by 1, 2

),

counted as (

    select
        placed.*,
        bands.score_p10,
        bands.score_p50,
        bands.score_p90,
        bands.scored_count - case when placed.score is null then 0 else 1 end as peer_count
    from placed
    inner join bands
        on
            placed.main_subject = bands.main_subject
            and placed.tenure = bands.tenure

),

rpt_peer_bands as (

    select
        tutor_id,
        main_subject,
        tenure,
        peer_count,
        case when peer_count >= {{ enough_peers }} then 'told' else 'too_few_peers' end as state,
        {% for end in ['score_p10', 'score_p50', 'score_p90'] %}
            case when peer_count >= {{ enough_peers }} then {{ end }} end as {{ end }},
        {% endfor %}
        {{ as_of() }} as as_of,
        {{ var('formula_version') }} as formula_version
    from counted

)

select * from rpt_peer_bands
