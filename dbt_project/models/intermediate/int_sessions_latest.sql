{{ config(
    materialized='incremental',
    unique_key='session_id',
    indexes=[{'columns': ['session_id']}, {'columns': ['student_id']}],
) }}

with

arrived as (

    select * from {{ ref('int_session_records') }}
    where
        ingest_seq <= {{ landed_seq() }}
        {% if is_incremental() %}
            and ingest_seq > {{ built_upto('ingest_seq') }}
        {% endif %}

),

candidates as (

    select
        {{ session_columns() }},
        false as is_replaced
    from arrived
    {% if is_incremental() %}
        union all
        select
            {{ session_columns() }},
            true as is_replaced
        from {{ this }} as known
        where known.session_id in (select arrived.session_id from arrived)
    {% endif %}

),

ranked as (

    select
        candidates.*,
        row_number() over (
            partition by session_id
            order by version desc, ingest_seq desc
        ) as recency,
        -- a later version with the same outcome, such as one with a rating, does not make it news
        min(outcome_known_at) over (
            partition by session_id, tutor_id, status, reported_cause, scheduled_start
        ) as outcome_known_since,
        {% for name, replaced in {
            'tutor_id': 'replaced_tutor_id',
            'student_id': 'replaced_student_id',
            'session_date': 'replaced_session_date',
            'status': 'replaced_status',
            'scheduled_start': 'replaced_start',
            'outcome_known_at': 'replaced_known_at',
        }.items() %}
        max(case when is_replaced then {{ name }} end) over (
            partition by session_id
            ) as {{ replaced }}{{ ',' if not loop.last }}
    {% endfor %}
    from candidates

),

-- what a micro-batch took away has to be taken away from its tutor, day and hour too
latest as (

    select
        {{ session_columns(outcome_known_at='outcome_known_since') }},
        replaced_tutor_id,
        replaced_student_id,
        replaced_session_date,
        replaced_status,
        replaced_start,
        replaced_known_at
    from ranked
    where recency = 1

)

select * from latest
order by scheduled_start
