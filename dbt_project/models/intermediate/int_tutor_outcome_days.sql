{{ config(materialized='incremental', unique_key=['tutor_id', 'session_date']) }}

{% set counted = outcomes('caused_by', 'is_first_session') %}

with

sessions as (

    select * from {{ ref('fct_sessions') }}
    where
        status <> 'scheduled'
        and outage_reason is null

),

touched as (

    select
        tutor_id,
        session_date,
        built_seq
    from {{ ref('fct_tutor_days') }}
    {% if is_incremental() %}
        where built_seq > {{ built_upto() }}
    {% endif %}

),

outcome_days as (

    select
        touched.tutor_id,
        touched.session_date,
        {% for outcome, (counts, observed) in counted.items() %}
            cast(coalesce(sum(case when {{ counts }} then 1 end), 0) as double) as {{ outcome }}_n,
            cast(
                coalesce(sum(case when {{ counts }} then {{ observed }} end), 0) as double
            )
                as {{ outcome }}_o,
            coalesce(
                sum(case when {{ counts }} then expected_{{ outcome }} end), 0
            ) as {{ outcome }}_e,
        {% endfor %}
        max(touched.built_seq) as built_seq
    from touched
    left join sessions
        on
            touched.tutor_id = sessions.tutor_id
            and touched.session_date = sessions.session_date
    group by 1, 2

)

select * from outcome_days
order by 2
