with

-- of a micro-batch: those with something new, and those that were to come when this was last made
touched as (

    select distinct session_date from {{ ref('fct_tutor_days') }}
    {% if is_micro_batch() %}
        where
            built_seq > {{ built_upto() }}
            or session_date > (
                select coalesce(max(known.session_date), cast('1970-01-01' as date))
                from {{ this }} as known
            )
    {% endif %}

),

tutor_days as (

    select * from {{ ref('fct_tutor_days') }}
    where
        session_date <= {{ as_of_date() }}
        and last_ingest_seq is not null
        and session_date in {{ few('session_date', 'touched') }}

),

summed as (

    select
        session_date,
        {% for column in [
            'session_count', 'completed_count', 'due_count',
            'tutor_reschedule_count', 'tutor_cancellation_count', 'tutor_no_show_count',
            'student_caused_count', 'platform_caused_count', 'unknown_caused_count',
            'late_count', 'first_session_count', 'judged_first_session_count',
            'poor_first_session_count', 'rating_count',
        ] %}
            cast(sum({{ column }}) as bigint) as {{ column }},
        {% endfor %}
        sum(rating_sum) / nullif(sum(rating_count), 0) as rating_mean
    from tutor_days
    group by 1

),

rpt_platform_days as (

    select
        session_date,
        session_count,
        completed_count,
        {{ platform_rates() }},
        tutor_cancellation_count,
        due_count,
        late_count,
        student_caused_count,
        platform_caused_count,
        unknown_caused_count,
        first_session_count,
        judged_first_session_count,
        rating_count,
        rating_mean
    from summed

)

select * from rpt_platform_days
{% if is_micro_batch() %}
    union all by name
    select * from {{ this }}
    where session_date not in (select touched.session_date from touched)
{% endif %}
