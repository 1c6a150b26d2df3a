{{ config(
    materialized='incremental',
    meta={'looked_up_by': ['session_id', 'student_id']},
    unique_key='session_id',
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

{% if is_incremental() %}
    known as (

        select * from {{ this }}
        where session_id in (select arrived.session_id from arrived)

    ),
{% endif %}

candidates as (

    select {{ session_columns() }}
    from arrived
    {% if is_incremental() %}
        union all
        select {{ session_columns() }}
        from known
    {% endif %}

),

-- of few columns: to rank whole records takes twice as long
ranked as (

    select
        ingest_seq as ranked_seq,
        row_number() over (
            partition by session_id
            order by version desc, ingest_seq desc
        ) as recency,
        -- a later version with the same outcome, such as one with a rating, does not make it news
        min(outcome_known_at) over (
            partition by session_id, tutor_id, status, reported_cause, scheduled_start
        ) as outcome_known_since
    from candidates

),

-- what a micro-batch took away has to be taken away from its tutor, day and hour too
replaced as (

    select
        session_id as replaced_id,
        tutor_id as replaced_tutor_id,
        student_id as replaced_student_id,
        session_date as replaced_session_date,
        status as replaced_status,
        scheduled_start as replaced_start,
        outcome_known_at as replaced_known_at
    from {{ 'known' if is_incremental() else 'candidates where false' }}

),

latest as (

    select
        {{ session_columns(outcome_known_at='outcome_known_since') }},
        replaced.replaced_tutor_id,
        replaced.replaced_student_id,
        replaced.replaced_session_date,
        replaced.replaced_status,
        replaced.replaced_start,
        replaced.replaced_known_at
    from candidates
    inner join ranked
        on
            candidates.ingest_seq = ranked.ranked_seq
            and ranked.recency = 1
    left join replaced
        on candidates.session_id = replaced.replaced_id

)

select * from latest
order by scheduled_start
