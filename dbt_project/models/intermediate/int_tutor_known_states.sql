{{ config(
    materialized='incremental',
    unique_key='state_id',
    indexes=[{'columns': ['state_id']}],
) }}

with

wanted as (

    select
        tutor_id,
        min(evidence_date) as first_date
    from {{ ref('int_tutor_known_days') }}
    {% if is_incremental() %}
        where built_seq > {{ built_upto() }}
    {% endif %}
    group by 1

),

entries as (

    select
        days.tutor_id,
        days.evidence_date,
        false as is_base,
        {{ evidence_sums() | join(', ') }}
    from {{ ref('int_tutor_known_days') }} as days
    inner join wanted
        on days.tutor_id = wanted.tutor_id
    where days.evidence_date >= wanted.first_date
    {% if is_incremental() %}
        -- what was made of everything before
        union all
        select
            known.tutor_id,
            known.evidence_date,
            true as is_base,
            {{ evidence_sums() | join(', ') }}
        from {{ this }} as known
        inner join (
            select {{ state_id('known.tutor_id', 'max(known.evidence_date)') }} as state_id
            from {{ this }} as known
            inner join wanted
                on known.tutor_id = wanted.tutor_id
            where known.evidence_date < wanted.first_date
            group by known.tutor_id
        ) as newest
            on known.state_id = newest.state_id
    {% endif %}

),

numbered as (

    select
        *,
        {{ days_between(as_of_date(), 'evidence_date') }} as day_number
    from entries

),

states as (

    select
        tutor_id,
        evidence_date,
        is_base,
        {{ aged_evidence('history') }}
    from numbered
    window history as (
        partition by tutor_id
        order by day_number
        rows between unbounded preceding and current row
    )

)

select
    {{ state_id('tutor_id', 'evidence_date') }} as state_id,
    tutor_id,
    evidence_date,
    {{ evidence_sums() | join(', ') }}
from states
where not is_base
order by evidence_date
