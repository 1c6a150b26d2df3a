{{ config(materialized='ephemeral') }}

with

signals as (

    select * from {{ ref('int_flag_signals') }}

),

held as (

    select
        *,
        {{ is_held() }} as is_flagged
    from signals

),

edges as (

    select
        *,
        case
            when
                is_flagged
                and not coalesce(
                    lag(is_flagged) over (partition by tutor_id, kind order by score_date),
                    false
                )
                then 1
            else 0
        end as is_opening
    from held

),

spells as (

    select
        *,
        sum(is_opening) over (
            partition by tutor_id, kind
            order by score_date
            rows between unbounded preceding and current row
        ) as spell
    from edges
    where is_flagged

)

select * from spells
