{{ config(
    materialized='table_function',
    parameters=['new_reliability', 'new_attendance', 'new_quality', 'new_first_sessions'],
    contract={'enforced': false},
) }}

with

given as (

    select
        *,
        case kind
            when 'reliability' then new_reliability
            when 'attendance' then new_attendance
            when 'quality' then new_quality
            else new_first_sessions
        end / (new_reliability + new_attendance + new_quality + new_first_sessions) as new_weight
    from {{ ref('fct_what_if_evidence') }}
    where
        is_scored
        and weight is not null
        and score_date = (select max(score_date) from {{ ref('fct_what_if_evidence') }})

),

summed as (

    select
        tutor_id,
        as_of,
        cast({{ var('baseline') }} + sum(points) as decimal(5, 1)) as score,
        cast({{ var('baseline') }} + sum(cast(
            round({{ ratio_points('harm_ratio', 'new_weight', 'steepness') }}, 1)
            as decimal(5, 1)
        )) as decimal(5, 1)) as what_if_score
    from given
    group by 1, 2

)

select
    *,
    what_if_score - score as score_change
from summed
order by 3, 1
