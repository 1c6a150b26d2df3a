-- A published set small enough to read: five tutors, one in each state that a page can show.
create type component as struct(
    component varchar, label varchar, points decimal(5, 1), event_count bigint,
    session_count bigint, expected_count double, rate double, rate_low double,
    rate_high double, platform_rate double, reason_text varchar
);

create table rpt_freshness as select
    timestamptz '2026-11-22 16:00:00Z' as as_of, timestamptz '2026-11-22 15:59:00Z' as data_through,
    2981::bigint as sessions_yesterday, 3000.0::double as expected_sessions_yesterday,
    5::bigint as tutor_count, 3::bigint as scored_tutor_count, 1::bigint as not_enough_data_count,
    1::bigint as new_tutor_count, 2::bigint as needs_attention_count,
    0.3::double as expected_false_alarms, 60::bigint as session_count,
    2 as formula_version, 90 as window_days, 'America/Chicago' as time_zone;

create table dim_tutors as select * from (values
    ('T-1', 'Rivera, Tomás', null::date), ('T-2', '<script>alert(1)</script>', null),
    ('T-3', 'Chen, Lily', null), ('T-4', 'Okafor, Ben', date '2026-11-01'), ('T-5', 'Ito, Ren', null)
) as tutors (tutor_id, display_name, left_on);

create table rpt_tutor_scorecards as select
    cards.*, dim_tutors.display_name, ['Algebra', 'Physics'] as subjects,
    'America/New_York' as time_zone, 'East' as region, 425::bigint as tenure_days,
    if(state = 'scored', 70.0, null)::decimal(5, 1) as baseline,
    if(state = 'scored', [
        {component: 'reliability', label: 'Moved by the tutor', points: score - 69, event_count: 9,
         session_count: 38, expected_count: 3.1, rate: 0.2, rate_low: 0.1, rate_high: 0.3,
         platform_rate: 0.1, reason_text: 'moved 9 of 38 sessions'},
        {component: 'quality', label: 'Ratings by students', points: -1, event_count: null,
         session_count: 17, expected_count: null, rate: 4.1, rate_low: 3.9, rate_high: 4.3,
         platform_rate: 4.2, reason_text: 'rated 4.1 on average'}
    ], [])::component[] as components,
    null::decimal(5, 1) as score_change_30d, 90 as window_days,
    0::bigint as excluded_platform_count, 2::bigint as excluded_student_count,
    if(severity is null, 0, 1)::bigint as open_flag_count,
    timestamptz '2026-11-22 16:00:00Z' as as_of, 2 as formula_version
from (values
    ('T-1', 'scored', 'Scored: 38 sessions in the last 90 days', 'high', 41.0, 35.2, 47.1, 38),
    ('T-2', 'scored', 'Scored: 55 sessions in the last 90 days', null, 72.0, 68.0, 76.0, 55),
    ('T-3', 'new_tutor', 'New tutor: 3 sessions so far', null, null, null, null, 3),
    ('T-4', 'scored', 'Scored: 61 sessions in the last 90 days', 'watch', 57.0, 52.0, 62.0, 61),
    ('T-5', 'not_enough_recent_data', 'Not enough recent data: 2 sessions', null, null, null, null, 2)
) as cards (tutor_id, state, state_text, severity, score, score_low, score_high, session_count)
inner join dim_tutors using (tutor_id);

create table rpt_needs_attention as select
    row_number() over (order by score) as position, tutor_id, display_name, subjects, severity,
    'reliability' as kind, score, score_low, score_high, session_count, components as reasons,
    2::bigint as days_open, -5.2::decimal(5, 1) as score_change_30d,
    0.1::double as false_alarm_probability, 'Clears after about 8 sessions.' as clears_text,
    tutor_id = 'T-1' as is_in_capacity, [tutor_id || '|reliability|2026-11-20'] as flag_ids,
    'open' as status, null::varchar as assignee, false as is_disputed, false as is_regressed,
    as_of
from rpt_tutor_scorecards where severity is not null;

create table fct_flag_actions as select
    actions.*, 'T-4|reliability|2026-11-20' as flag_id, 'T-4' as tutor_id, 'reliability' as kind,
    false as until_worse, null::integer as until_sessions, null::timestamptz as snoozed_until
from (values
    ('a1.0', 40, 'note', 'priya', timestamptz '2026-11-22 14:00:00Z', null::boolean, null::varchar,
     'talked', 'Called him on Monday.'),
    ('a2.0', 41, 'assign', 'priya', timestamptz '2026-11-22 15:00:00Z', null, 'dana', null, null),
    ('a3.0', 12, 'resolve', 'olga', timestamptz '2026-11-02 15:00:00Z', true, null, 'training', null)
) as actions (action_id, ingest_seq, action, acted_by, acted_at, agrees, assignee, reason_code, note);

create table fct_tutor_scores as select
    tutor_id, date '2026-11-22' - day::integer as score_date, state, score + day as score,
    score_low + day as score_low, score_high + day as score_high, session_count
from rpt_tutor_scorecards cross join range(10) as days (day);

create table rpt_platform_days as select
    date '2026-11-21' as session_date, 2981::bigint as session_count, 0.108 as tutor_reschedule_rate,
    0.099 as tutor_reschedule_rate_low, 0.117 as tutor_reschedule_rate_high,
    0.013 as tutor_no_show_rate, 0.009 as tutor_no_show_rate_low, 0.018 as tutor_no_show_rate_high,
    null::double as poor_first_session_rate, null::double as poor_first_session_rate_low,
    null::double as poor_first_session_rate_high, 2700::bigint as due_count,
    0::bigint as judged_first_session_count, 1200::bigint as rating_count, 4.31 as rating_mean;

create table fct_sessions as select
    'S-' || number as session_id, 1 as version, 'T-1' as tutor_id, 'ST-7' as student_id,
    null::varchar as rescheduled_from, 'Algebra' as subject, 'Grade 9' as grade_level,
    'America/New_York' as time_zone, if(number < 2, 'scheduled', 'completed') as status,
    starts_at as scheduled_start, starts_at + interval 1 hour as scheduled_end,
    null::timestamptz as rescheduled_to_start, number = 2 as is_first_session,
    null::varchar as caused_by, number >= 2 as counts_for_tutor, null::double as notice_hours,
    11.0::double as tutor_late_minutes,
    if(number < 2, null, starts_at + interval 11 minute) as tutor_joined_at,
    if(number < 2, null, starts_at + interval 60 minute) as tutor_left_at,
    if(number < 2, null, starts_at) as student_joined_at, null::timestamptz as student_left_at,
    if(number = 2, 2, null)::integer as student_rating, null::integer as tutor_rating,
    null::boolean as technical_issue, false as follow_up_booked,
    if(number < 2, 'Still to come', 'Started 11 min late') as headline,
    if(number < 2, 'INFO', 'WATCH') as severity
from (
    select number, timestamptz '2026-11-23 22:30:00Z' - to_days(number::integer) as starts_at
    from range(60) as numbers (number)
);

create table rpt_tutor_reviews as select
    *, 'first_session@1' as rubric, 64.2::double as platform_points,
    1204::bigint as platform_review_count, 90 as window_days,
    timestamptz '2026-11-22 06:00:00Z' as as_of
from (values
    ('T-1', 'rules@1', 7::bigint, 'told', 48.6::double, 39.1::double, 58.1::double),
    ('T-1', 'openai:m', 1, 'too_few_reviews', null, null, null)
) as reviews (tutor_id, grader, review_count, state, points, points_low, points_high);
