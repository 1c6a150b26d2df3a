{{ config(materialized='incremental', unique_key=['tutor_id', 'kind', 'score_date']) }}

with

made as (

    select * from {{ ref('int_flag_measures') }}
    where
        score_date >= {{ flag_history_start() }}
        {% if is_incremental() %}
            and {{ is_made_now() }}
        {% endif %}

),

near_now as (

    {{ near_a_flag('made') }}

),

{% if is_incremental() %}
    known as (

        select distinct
            tutor_id,
            kind as component
        from {{ this }}

    ),
{% endif %}

near as (

    select near_now.*
    from near_now
    {% if is_incremental() %}
        left join known
            on
                near_now.tutor_id = known.tutor_id
                and near_now.component = known.component
        where known.tutor_id is null
    {% endif %}

),

-- whoever comes near for the first time is looked at from the first day on
evidence as (

    select component_days.* from {{ ref('int_flag_measures') }} as component_days
    inner join near
        on
            component_days.tutor_id = near.tutor_id
            and component_days.component = near.component
    where component_days.score_date >= {{ flag_history_start() }}
    {% if is_incremental() %}
        union all
        select made.* from made
        inner join known
            on
                made.tutor_id = known.tutor_id
                and made.component = known.component
    {% endif %}

)

select
    {{ flag_measures() | join(', ') }},
    component as kind,
    built_at
from evidence
