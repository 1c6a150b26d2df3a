{{ config(materialized='incremental', unique_key=['tutor_id', 'evidence_date']) }}
-- depends_on: {{ ref('int_sessions_latest') }}

{% set counted = outcomes('caused_by', 'is_first_session') %}

with

outcomes as (

    select
        *,
        {{ days_between('session_date', 'evidence_date') }} as days_late
    from {{ ref('fct_sessions') }}
    where
        status <> 'scheduled'
        and outage_reason is null

),

touched as (

    select
        tutor_id,
        evidence_date,
        max(built_seq) as built_seq
    from {{ ref('fct_sessions') }}
    where
        status <> 'scheduled'
        {% if is_incremental() %}
            and built_seq > {{ built_upto() }}
        {% endif %}
    group by 1, 2
    {% if is_incremental() %}
        union all
        {{ emptied_evidence_days() }}
    {% endif %}

),

known_days as (

    select
        touched.tutor_id,
        touched.evidence_date,
        {{ late_evidence(counted) }},
        max(touched.built_seq) as built_seq
    from (
        select
            tutor_id,
            evidence_date,
            max(built_seq) as built_seq
        from touched
        group by 1, 2
    ) as touched
    left join outcomes
        on
            touched.tutor_id = outcomes.tutor_id
            and touched.evidence_date = outcomes.evidence_date
    group by 1, 2

)

select * from known_days
order by 2
