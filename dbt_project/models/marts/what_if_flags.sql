{{ config(
    materialized='table_function',
    parameters=['new_kind', 'new_ratio', 'new_probability', 'new_release', 'new_expected'],
    contract={'enforced': false},
) }}

with

given as (

    select
        *,
        case when kind = new_kind then new_ratio else flag_ratio end as given_ratio,
        case when kind = new_kind then new_probability else flag_probability end
            as given_probability,
        case when kind = new_kind then new_release else release_probability end as given_release,
        case when kind = new_kind then new_expected else minimum_expected end as given_expected
    from {{ ref('fct_what_if_evidence') }}

),

evidence as (

    select
        tutor_id,
        kind,
        score_date,
        day_number,
        is_eligible,
        is_flagged,
        expected,
        ratio,
        probability as seed_probability,
        as_of,
        {{ probability_above('given_ratio') }} as probability,
        given_probability as flag_probability,
        given_release as release_probability,
        given_expected as minimum_expected
    from given

),

{{ flag_signals() }},

held as (

    select
        *,
        {{ is_held() }} as is_held
    from signals

),

today as (

    select * from held
    where
        score_date = (select max(score_date) from {{ ref('fct_what_if_evidence') }})
        and (is_held or is_flagged)

)

select
    today.tutor_id,
    today.kind,
    case
        when not today.is_flagged then 'enters'
        when not today.is_held then 'leaves'
        else 'stays'
    end as movement,
    today.is_flagged,
    today.is_held as is_flagged_then,
    today.seed_probability as probability,
    today.probability as what_if_probability,
    today.ratio,
    today.expected as expected_count,
    today.as_of
from today
order by 3, 2, 1
