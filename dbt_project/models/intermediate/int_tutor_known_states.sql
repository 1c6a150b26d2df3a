{{ config(
    materialized='incremental',
    meta={'looked_up_by': ['state_id']},
    unique_key='state_id',
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
    group by tutor_id

),

entries as (

    select
        known_days.tutor_id,
        known_days.evidence_date,
        false as is_base,
        {{ evidence_sums() | join(', ') }}
    from {{ ref('int_tutor_known_days') }} as known_days
    inner join wanted
        on known_days.tutor_id = wanted.tutor_id
    where known_days.evidence_date >= wanted.first_date
    {% if is_incremental() %}
        -- what was made of everything before
        union all
        select
            known.tutor_id,
            known.evidence_date,
            true as is_base,
            {{ evidence_sums() | join(', ') }}
        from {{ this }} as known
        inner join ({{ states_before('wanted', 'first_date', this) }}) as newest  -- noqa: ST05
            on known.state_id = {{ state_id('newest.tutor_id', 'newest.known_on') }}
    {% endif %}

),

numbered as (

    select
        *,
        {{ days_between(as_of_date(), 'evidence_date') }} as day_number
    from entries

),

states as (

    {% if is_micro_batch() %}
        select
            targets.tutor_id,
            targets.evidence_date,
            targets.is_base,
            {{ evidence_upto('targets', 'entries') }}
        from numbered as targets
        inner join numbered as entries
            on
                targets.tutor_id = entries.tutor_id
                and targets.day_number >= entries.day_number
        group by targets.tutor_id, targets.evidence_date, targets.is_base
    {% else %}
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
    {% endif %}

)

select
    {{ state_id('tutor_id', 'evidence_date') }} as state_id,
    tutor_id,
    evidence_date,
    {{ evidence_sums() | join(', ') }}
from states
where not is_base
order by evidence_date
