{{ config(materialized='incremental', unique_key='tutor_id') }}

with

components as (

    select
        *,
        row_number() over (partition by tutor_id order by points, component) as place
    from {{ ref('int_tutor_components') }}
    {% if is_incremental() %}
        where {{ is_made_now() }}
    {% endif %}

),

receipts as (

    select
        tutor_id,
        array_agg(component_facts order by points, component) as components
    from components
    group by 1

),

-- up to three components that cost points, worst first
reasons as (

    select
        tutor_id,
        array_agg(component_facts order by points, component) as reasons
    from components
    where points < 0 and place <= 3
    group by 1

),

tutor_receipts as (

    select
        receipts.tutor_id,
        receipts.components,
        coalesce(reasons.reasons, []) as reasons
    from receipts
    left join reasons
        on receipts.tutor_id = reasons.tutor_id

)

select * from tutor_receipts
