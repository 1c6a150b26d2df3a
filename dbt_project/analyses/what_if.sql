-- Who would enter or leave the flags under other limits than the seed's, e.g.
--   --vars '{what_if: {flag_probability: 0.8, flag_ratio: 1.5, kind: reliability}}'
with

given as (

    select
        tutor_id,
        kind,
        probability,
        ratio
    from {{ ref('int_flag_days') }}
    where
        is_flagged
        and score_date = {{ as_of_date() }}

),

flags as (

    select * from {{ ref('fct_flags') }}
    where is_open

),

what_if as (

    select
        coalesce(flags.tutor_id, given.tutor_id) as tutor_id,
        coalesce(flags.kind, given.kind) as kind,
        case
            when flags.tutor_id is null then 'enters'
            when given.tutor_id is null then 'leaves'
            else 'stays'
        end as movement,
        flags.status,
        flags.probability,
        given.probability as what_if_probability,
        coalesce(given.ratio, flags.ratio) as ratio
    from flags
    full outer join given
        on
            flags.tutor_id = given.tutor_id
            and flags.kind = given.kind

)

select * from what_if
order by movement, tutor_id, kind
