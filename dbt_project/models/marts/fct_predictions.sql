{{ config(
    materialized='incremental',
    unique_key=['session_id', 'kind'],
    indexes=[{'columns': ['session_id']}],
) }}
-- depends_on: {{ ref('int_tutor_known_days') }}

{% set sessions %}
    (
        select
            *,
            {{ business_date(minutes_after('scheduled_start', -1440)) }} as predicted_on
        from {{ ref('fct_sessions') }}
        where
            status <> 'scheduled'
            and outage_reason is null
    ) as sessions
{% endset %}

with

{% if is_incremental() %}

    changed as (

        select
            tutor_id,
            min(evidence_date) as changed_on
        from {{ ref('int_tutor_known_days') }}
        where built_seq > {{ built_upto() }}
        group by 1

    ),

    slot_days as (

        {{ day_spine(
            '(select min(changed_on) from changed)',
            '(select max(session_date) from ' ~ ref('fct_sessions') ~ ')'
        ) }}

    ),

    later_days as (

        select
            changed.tutor_id,
            changed.changed_on,
            slot_days.score_date as session_date
        from changed
        inner join slot_days
            on changed.changed_on < slot_days.score_date

    ),

{% endif %}

wanted as (

    select sessions.*
    from {{ sessions }}
    {% if is_incremental() %}
        where sessions.built_seq > {{ built_upto() }}
        union all
        -- a late or corrected outcome changes what was known for the tutor's sessions after it
        select sessions.*
        from {{ sessions }}
        inner join later_days
            on
                sessions.tutor_id = later_days.tutor_id
                and sessions.session_date = later_days.session_date
        where
            sessions.predicted_on > later_days.changed_on
            and sessions.built_seq <= {{ built_upto() }}
    {% endif %}

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

predicted as (

    {% for kind, (outcome, tutor_factor, recent_factor) in risks().items() %}
        {% set counts, observed = outcomes('caused_by', 'is_first_session')[outcome] %}
        select
            wanted.session_id,
            wanted.tutor_id,
            '{{ kind }}' as kind,
            wanted.session_date,
            {{ minutes_after('wanted.scheduled_start', -1440) }} as predicted_at,
            {{ told_risk(
                'expected_' ~ outcome ~ ' * ' ~ tutor_factor ~ ' * ' ~ recent_factor
            ) }} as probability,
            expected_{{ outcome }} as base_probability,
            {{ tutor_factor }} as tutor_factor,
            {{ recent_factor }} as recent_factor,
            slow_n as effective_session_count,
            cast({{ observed }} as integer) as outcome,
            {{ var('formula_version') }} as formula_version,
            wanted.built_seq
        from wanted
        inner join evidence
            on
                wanted.tutor_id = evidence.tutor_id
                and wanted.predicted_on = evidence.predicted_on
        where {{ counts }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from predicted
