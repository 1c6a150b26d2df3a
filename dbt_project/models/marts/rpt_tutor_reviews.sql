{{ config(tags=['nightly']) }}

{% set enough_reviews = 5 %}
{% set z = 1.645 %}
{% set doubt = z ~ ' * graders.spread / sqrt(tutors.review_count)' %}

with

reviews as (

    select * from {{ ref('fct_session_reviews') }}
    where
        points is not null
        and session_date >= {{ days_before(as_of_date(), var('window_days') | int - 1) }}
        and session_date <= {{ as_of_date() }}

),

-- what one grader gives by one rubric says nothing about another's
graders as (

    select
        grader,
        rubric,
        count(*) as platform_review_count,
        avg(points) as platform_points,
        stddev_samp(points) as spread
    from reviews
    group by 1, 2

),

tutors as (

    select
        tutor_id,
        grader,
        rubric,
        count(*) as review_count,
        avg(points) as points
    from reviews
    group by 1, 2, 3

),

-- few reviews of one tutor tell nothing of their spread, so it is the platform's
rpt_tutor_reviews as (

    select
        tutors.tutor_id,
        tutors.grader,
        tutors.rubric,
        tutors.review_count,
        case
            when tutors.review_count >= {{ enough_reviews }} then 'told' else 'too_few_reviews'
        end as state,
        {% for name, value in {
            'points': 'tutors.points',
            'points_low': 'greatest(0, tutors.points - ' ~ doubt ~ ')',
            'points_high': 'least(100, tutors.points + ' ~ doubt ~ ')',
        }.items() %}
            case
                when tutors.review_count >= {{ enough_reviews }} then {{ value }}
            end as {{ name }},
        {% endfor %}
        graders.platform_points,
        graders.platform_review_count,
        {{ var('window_days') }} as window_days,
        {{ as_of() }} as as_of
    from tutors
    inner join graders
        on
            tutors.grader = graders.grader
            and tutors.rubric = graders.rubric

)

select * from rpt_tutor_reviews
