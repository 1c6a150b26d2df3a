{{ config(materialized='incremental', unique_key=['student_id', 'tutor_id']) }}

with

{% if is_incremental() %}
    touched as (

        {{ touched_students() }}

    ),
{% endif %}

-- slots that took place or were missed; a moved or cancelled one is nobody's first
placed as (

    select
        {% for column in [
            'session_id', 'tutor_id', 'session_date', 'scheduled_start', 'subject', 'grade_level',
            'time_zone', 'status', 'caused_by', 'is_first_session', 'is_tutor_no_show',
            'is_late_start', 'tutor_late_minutes', 'student_rating',
        ] %}
            {{ column }},
        {% endfor %}
        sessions.student_id,
        sum(case when status = 'completed' then 1 else 0 end) over of_pair as held_with_tutor,
        sum(case when status = 'completed' then 1 else 0 end) over of_student as held_count
    from {{ ref('fct_sessions') }} as sessions
    {% if is_incremental() %}
        inner join touched
            on
                sessions.student_id = touched.student_id
                and sessions.session_date >= touched.from_date
    {% endif %}
    where
        status in ('completed', 'no_show')
        and scheduled_start <= {{ as_of() }}
    window
        of_pair as (
            partition by sessions.student_id, tutor_id order by scheduled_start, session_id
            rows unbounded preceding
        ),
        of_student as (
            partition by sessions.student_id order by scheduled_start, session_id
            rows unbounded preceding
        )

),

marked as (

    select
        *,
        row_number() over (
            partition by student_id, tutor_id order by scheduled_start, session_id
        ) as place
    from placed
    where is_first_session

),

-- a pair whose first session was corrected away keeps a row without session_id
pairs as (

    select
        student_id,
        tutor_id
    from marked
    where place = 1
    {% if is_incremental() %}
        union distinct
        {{ known_first_sessions('>=') }}
        except
        {{ known_first_sessions('<') }}
    {% endif %}

),

fct_first_sessions as (

    select
        {{ first_session_columns() }},
        {{ as_of() }} as as_of,
        {{ newest_record(ref('fct_sessions')) }} as built_seq
    {{ first_session_joins() }}

)

select * from fct_first_sessions
