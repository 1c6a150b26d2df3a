{{ config(materialized='ephemeral') }}

with

flags as (

    select * from {{ ref('fct_flags') }}
    where needs_attention

),

flagged_tutors as (

    select
        tutor_id,
        min(severity) as severity,
        array_agg(flag_id order by flag_id) as flag_ids,
        min(opened_on) as opened_on,
        1 - max(probability) as false_alarm_probability,
        count(*) as open_flag_count,
        sum(avoidable_event_count * probability) as avoidable_event_count
    from flags
    group by 1

)

select * from flagged_tutors
