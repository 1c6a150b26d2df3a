{{ config(tags=['nightly']) }}

with

weeks as (

    select * from {{ ref('int_tutor_weeks') }}

),

-- who taught less than once a week may pause for a month; that is leaving if the profile says so
{{ risk_weeks(
    'tutor_id',
    recent=['session_count', 'tutor_reschedule_count', 'rating_count', 'rating_sum'],
    since=[],
    leaves="recent_session_count >= 4 or coalesce("
    ~ days_between('last_date', 'profile_left_on') ~ " between 0 and 28, false)",
) }},

with_tenure as (

    select
        *,
        coalesce({{ days_between('started_on', 'week_end') }}, 7 * tenure_weeks) as tenure_days
    from risk_weeks

),

tutor_risk_weeks as (

    select
        tutor_id,
        risk_week as week_number,
        week_end,
        last_date as last_session_date,
        idle_weeks,
        case
            when usual_session_count = 0 or tenure_weeks < 4 then 'unknown'
            when recent_session_count < 0.7 * usual_session_count then 'far_below'
            when recent_session_count < 0.8 * usual_session_count then 'below'
            when recent_session_count < 0.9 * usual_session_count then 'a_little_below'
            else 'as_usual'
        end as trend,
        case
            when
                recent_tutor_reschedule_count >= 2
                and recent_tutor_reschedule_count
                * (earlier_session_count + earlier_tutor_reschedule_count + 10)
                > 1.5 * (earlier_tutor_reschedule_count + 1)
                * (recent_session_count + recent_tutor_reschedule_count)
                then 'more_reschedules'
            when
                recent_rating_count >= 3 and earlier_rating_count >= 3
                and recent_rating_sum * earlier_rating_count
                < (earlier_rating_sum - 0.5 * earlier_rating_count) * recent_rating_count
                then 'rating_drop'
            else 'none'
        end as trouble,
        case
            when tenure_days < 90 then 'new'
            when tenure_days < 365 then 'months'
            else 'years'
        end as tenure,
        cast(recent_session_count as bigint) as recent_session_count,
        usual_session_count,
        tenure_weeks,
        left_on,
        is_known,
        left_within_1_week,
        left_within_4_weeks
    from with_tenure

)

select * from tutor_risk_weeks
