{{ config(materialized='incremental', unique_key=['tutor_id', 'score_date']) }}

with

wanted as (

    {{ evidence_wanted() }}

),

-- the evidence of a day before the window is all that is needed of what came earlier
bases as (

    {{ evidence_bases() }}

),

-- a row for each tutor and day, so that silence ages the evidence
spine as (

    {{ evidence_spine() }}

),

entries as (

    select
        wanted.tutor_id,
        outcome_days.session_date as entry_date,
        false as is_spine,
        outcome_days.reliability_n as recent_n,
        {{ evidence_of('outcome_days') }}
    from wanted
    inner join {{ ref('int_tutor_outcome_days') }} as outcome_days
        on wanted.tutor_id = outcome_days.tutor_id
    {% if is_incremental() %}
        -- by the day, so that no older ones are read
        inner join ({{ evidence_days_since_bases() }}) as dated  -- noqa: ST05
            on
                wanted.tutor_id = dated.tutor_id
                and outcome_days.session_date = dated.score_date
    {% else %}
        where outcome_days.session_date <= {{ as_of_date() }}
    {% endif %}
    union all
    select
        tutor_id,
        score_date as entry_date,
        false as is_spine,
        0 as recent_n,
        {{ evidence_sums() | join(', ') }}
    from bases
    union all
    select
        tutor_id,
        score_date as entry_date,
        true as is_spine,
        0 as recent_n,
        {{ zeros(evidence_sums()) }}
    from spine

),

numbered as (

    select
        *,
        {{ days_between(as_of_date(), 'entry_date') }} as day_number
    from entries

),

accumulated as (

    {{ few_accumulated_days('numbered') if is_micro_batch() else all_accumulated_days('numbered') }}

)

select * from accumulated
where is_spine
order by 2
