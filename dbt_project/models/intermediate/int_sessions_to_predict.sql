-- depends_on: {{ ref('int_tutor_known_days') }}

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

to_predict as (

    select
        sessions.session_id,
        {{ is_predicted('sessions') }} as is_predicted
    from {{ ref('fct_sessions') }} as sessions
    {% if is_micro_batch() %}
        where sessions.built_seq > {{ built_upto() }}
        union distinct
        -- a late or corrected outcome changes what was known for the tutor's sessions after it
        select
            sessions.session_id,
            {{ is_predicted('sessions') }} as is_predicted
        from {{ ref('fct_sessions') }} as sessions
        inner join later_days
            on
                sessions.tutor_id = later_days.tutor_id
                and sessions.session_date = later_days.session_date
        where {{ predicted_on('sessions') }} > later_days.changed_on
    {% else %}
        where false
    {% endif %}

)

select * from to_predict
