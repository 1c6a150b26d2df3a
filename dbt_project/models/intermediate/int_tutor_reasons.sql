{{ config(materialized='ephemeral') }}

-- up to three components that cost points, worst first
with

ranked as (

    select
        *,
        row_number() over (partition by tutor_id order by points, component) as place
    from {{ ref('int_tutor_components') }}
    where points < 0

),

reasons as (

    select
        tutor_id,
        array_agg(component_facts order by points, component) as reasons
    from ranked
    where place <= 3
    group by 1

)

select * from reasons
