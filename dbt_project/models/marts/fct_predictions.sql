{{ config(
    materialized='incremental',
    unique_key='session_id',
    meta={'replaced': 'int_sessions_to_predict', 'looked_up_by': ['session_id']},
) }}
-- depends_on: {{ ref('int_sessions_to_predict') }}

with

wanted as (

    select
        *,
        {{ predicted_on('sessions') }} as predicted_on
    from {{ ref('fct_sessions') }} as sessions
    {% if is_micro_batch() %}
        where session_id in {{ few(
            'case when is_predicted then session_id end', ref('int_sessions_to_predict')
        ) }}
    {% else %}
        where {{ is_predicted('sessions') }}
    {% endif %}

),

requests as (

    select distinct
        tutor_id,
        predicted_on
    from wanted

),

located as (

    {{ states_before('requests', 'predicted_on', ref('int_tutor_known_states')) }}

),

evidence as (

    {{ evidence_before('requests', 'located') }}

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
