{{ config(materialized='ephemeral') }}
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

{% if is_micro_batch() %}

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

    later_days as (  -- noqa: ST03

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
    {% if is_micro_batch() %}
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

)

select * from wanted
