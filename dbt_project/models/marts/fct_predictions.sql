{{ config(
    materialized='incremental',
    unique_key=['session_id', 'kind'],
    indexes=[{'columns': ['session_id']}],
) }}

with

wanted as (

    select * from {{ ref('int_sessions_to_predict') }}

),

requests as (

    select distinct
        tutor_id,
        predicted_on
    from wanted

),

evidence as (

    {{ evidence_before('requests') }}

),

known as (

    {{ with_ratios('wanted', known_by=minutes_after('wanted.scheduled_start', -1440)) }}

),

predicted as (

    {% for kind, (outcome, factors) in risks().items() %}
        {% set counts, observed = outcomes('caused_by', 'is_first_session')[outcome] %}
        select
            known.session_id,
            known.tutor_id,
            '{{ kind }}' as kind,
            known.session_date,
            {{ minutes_after('known.scheduled_start', -1440) }} as predicted_at,
            {{ told_columns(kind, outcome, factors) }},
            slow_n as effective_session_count,
            cast({{ observed }} as integer) as outcome,
            {{ var('formula_version') }} as formula_version,
            known.built_seq
        from known
        inner join evidence
            on
                known.tutor_id = evidence.tutor_id
                and known.predicted_on = evidence.predicted_on
        where {{ counts }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from predicted
