{{ config(
    materialized='incremental',
    meta={'looked_up_by': ['session_id', 'first_session_id']},
    unique_key='session_id',
) }}
-- depends_on: {{ ref('int_session_records') }}

{% set longest = 20 %}

with recursive

sessions as (

    select
        session_id,
        rescheduled_from
    from {{ ref('fct_sessions') }}
    {% if is_incremental() %}
        where built_seq > {{ built_upto() }}
    {% endif %}

),

-- a link that a correction took away keeps its row, without moves
ever_linked as (

    select distinct session_id from {{ ref('int_session_records') }}
    where
        rescheduled_from is not null
        and ingest_seq <= {{ landed_seq() }}
        {% if is_incremental() %}
            and ingest_seq > {{ built_upto() }}
        {% endif %}

),

links as (

    select * from sessions
    where
        rescheduled_from is not null
        or session_id in (select ever_linked.session_id from ever_linked)
        {% if is_incremental() %}
            or session_id in (select p.session_id from ({{ known_places('sessions') }}) as p)
        {% endif %}
    {% if is_incremental() %}
        union all
        {{ known_links('sessions') }}
    {% endif %}

),

climbed as (

    select
        session_id,
        coalesce(rescheduled_from, session_id) as first_session_id,
        case when rescheduled_from is null then 0 else 1 end as move_count
    from links
    union all
    -- who tells that a slot is in its own place gets no endless chain
    select
        climbed.session_id,
        links.rescheduled_from as first_session_id,
        climbed.move_count + 1 as move_count
    from climbed
    inner join links
        on climbed.first_session_id = links.session_id
    where
        links.rescheduled_from is not null
        and climbed.move_count < {{ longest }}

),

ranked as (

    select
        *,
        row_number() over (partition by session_id order by move_count desc) as place
    from climbed

),

fct_reschedule_chains as (

    select
        ranked.session_id,
        links.rescheduled_from,
        ranked.first_session_id,
        ranked.move_count,
        {{ newest_record(ref('fct_sessions')) }} as built_seq
    from ranked
    inner join links
        on ranked.session_id = links.session_id
    where ranked.place = 1

)

select * from fct_reschedule_chains
