with

tutors as (

    select * from {{ ref('dim_tutors') }}

),

scores as (

    select * from {{ ref('fct_tutor_scores') }}

),

receipts as (

    select * from {{ ref('int_tutor_receipts') }}

),

flags as (

    select * from {{ ref('int_flagged_tutors') }}

),

window_counts as (

    select * from {{ ref('int_tutor_window_counts') }}

),

upcoming as (

    select
        tutor_id,
        count(*) as upcoming_session_count
    from {{ ref('fct_sessions') }}
    where
        status = 'scheduled'
        and scheduled_start > {{ as_of() }}
    group by 1

),

rpt_tutor_scorecards as (

    select
        tutors.tutor_id,
        tutors.display_name,
        tutors.subjects,
        tutors.time_zone,
        tutors.region,
        tutors.tenure_days,
        tutors.last_session_date,
        today.state,
        {{ state_words('today.state', 'today.session_count') }} as state_text,
        case when today.state = 'scored' then flags.severity end as severity,
        today.score,
        today.score_low,
        today.score_high,
        today.baseline,
        case when today.state = 'scored' then receipts.components else [] end as components,
        cast(today.score - month_ago.score as decimal(5, 1)) as score_change_30d,
        today.session_count,
        today.effective_session_count,
        {{ var('window_days') }} as window_days,
        coalesce(window_counts.platform_caused_count, 0) as excluded_platform_count,
        coalesce(window_counts.student_caused_count, 0) as excluded_student_count,
        coalesce(upcoming.upcoming_session_count, 0) as upcoming_session_count,
        coalesce(flags.open_flag_count, 0) as open_flag_count,
        {{ as_of() }} as as_of,
        {{ var('formula_version') }} as formula_version
    from tutors
    inner join scores as today
        on
            tutors.tutor_id = today.tutor_id
            and today.score_date = {{ as_of_date() }}
    left join scores as month_ago
        on
            tutors.tutor_id = month_ago.tutor_id
            and month_ago.score_date = {{ days_before(as_of_date(), 30) }}
    left join receipts
        on tutors.tutor_id = receipts.tutor_id
    left join flags
        on tutors.tutor_id = flags.tutor_id
    left join window_counts
        on tutors.tutor_id = window_counts.tutor_id
    left join upcoming
        on tutors.tutor_id = upcoming.tutor_id

)

select * from rpt_tutor_scorecards
