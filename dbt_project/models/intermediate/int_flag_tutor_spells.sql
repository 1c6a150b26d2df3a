{{ config(materialized='incremental', unique_key='tutor_id') }}
-- depends_on: {{ ref('int_flag_measures') }} {{ ref('stg_ingest__tutors') }}

{% set columns = [
    'kind', 'opened_on', 'last_on', 'opened_before_history', 'is_open', 'probability', 'trials',
    'observed', 'expected', 'ratio', 'ratio_low', 'ratio_high', 'rate', 'rate_low', 'rate_high',
    'platform_rate', 'points', 'flag_ratio', 'release_probability',
] %}

with

days as (

    select * from {{ ref('int_flag_days') }}

),

edges as (

    select
        *,
        min(score_date) over (partition by tutor_id, kind, spell) as opened_on,
        row_number() over (
            partition by tutor_id, kind, spell
            order by score_date desc
        ) as recency
    from days

),

spells as (

    select
        *,
        score_date as last_on,
        opened_on = {{ flag_history_start() }} as opened_before_history,
        score_date = {{ as_of_date() }} as is_open
    from edges
    where recency = 1

),

named as (

    select
        tutor_id || '|' || kind || '|'
        || case when opened_before_history then 'earlier' else cast(opened_on as varchar) end
            as spell_id,
        tutor_id,
    {% for column in columns %}
        {{ column }}{{ ',' if not loop.last }}
    {% endfor %}
    from spells

)

select * from named
{% if is_incremental() %}
    -- who has no spell any more loses the rows of those
    union all
    select distinct
        null as spell_id,
        tutor_id,
    {% for column in columns %}
        null as {{ column }}{{ ',' if not loop.last }}
    {% endfor %}
    from ({{ reflagged_tutors() }}) as reflagged
    where tutor_id not in (select named.tutor_id from named)
{% endif %}
