{{ config(tags=['nightly']) }}

with

weeks as (

    select * from {{ ref('int_student_weeks') }}

),

{{ risk_weeks(
    'student_id',
    recent=['session_count', 'rating_count', 'rating_sum'],
    since=[
        'tutor_no_show_count', 'poor_first_session_count', 'tutor_reschedule_count',
        'student_absence_count', 'rating_count', 'rating_sum',
    ],
) }},

student_risk_weeks as (

    select
        student_id,
        risk_week as week_number,
        week_end,
        last_date as last_session_date,
        idle_weeks,
        case
            when tutor_no_show_count_since > 0 then 'tutor_no_show'
            when poor_first_session_count_since > 0 then 'poor_first_session'
            when
                rating_sum_since * earlier_rating_count + rating_count_since * earlier_rating_count
                <= earlier_rating_sum * rating_count_since
                and rating_count_since > 0 and earlier_rating_count > 0
                then 'rating_drop'
            when student_absence_count_since > 0 then 'student_absence'
            when tutor_reschedule_count_since > 0 then 'tutor_reschedule'
            else 'none'
        end as trouble,
        case
            when recent_session_count <= 2 then 'seldom'
            when tenure_weeks >= 4 and recent_session_count < 0.6 * usual_session_count
                then 'falling'
            when recent_session_count >= 6 then 'often'
            else 'steady'
        end as trend,
        case
            when tenure_weeks < 2 then 'new'
            when tenure_weeks < 8 then 'weeks'
            when tenure_weeks < 26 then 'months'
            else 'long'
        end as tenure,
        cast(recent_session_count as bigint) as recent_session_count,
        usual_session_count,
        tenure_weeks,
        left_on,
        is_known,
        left_within_1_week,
        left_within_4_weeks
    from risk_weeks

)

select * from student_risk_weeks
