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
    0.1::double as expected_false_alarms, 60::bigint as session_count,
    2 as formula_version, 90 as window_days, 1 as coach_capacity, 'America/Chicago' as time_zone;

create table dim_tutors as select *, 'America/New_York' as time_zone from (values
    ('T-1', 'Rivera, Tomás', null::date, 'maria@company.example', ['Algebra', 'Physics']),
    ('T-2', '<script>alert(1)</script>', null, 'maria@company.example', ['Algebra']),
    ('T-3', 'Chen, Lily', null, 'omar@company.example', ['Biology']),
    ('T-4', 'Okafor, Ben', date '2026-11-01', 'omar@company.example', ['Physics']),
    ('T-5', 'Ito, Ren', null, null, ['<b>Art'])
) as tutors (tutor_id, display_name, left_on, manager_email, subjects);

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

create table fct_tutor_scores as select
    tutor_id, date '2026-11-22' - day::integer as score_date, state, score + day as score,
    score_low + day as score_low, score_high + day as score_high, session_count,
    if(day < 8, 2, 1) as formula_version
from rpt_tutor_scorecards cross join range(10) as days (day);

create table rpt_platform_days as select
    date '2026-11-21' as session_date, 2981::bigint as session_count, 0.108 as tutor_reschedule_rate,
    0.099 as tutor_reschedule_rate_low, 0.117 as tutor_reschedule_rate_high,
    0.013 as tutor_no_show_rate, 0.009 as tutor_no_show_rate_low, 0.018 as tutor_no_show_rate_high,
    null::double as poor_first_session_rate, null::double as poor_first_session_rate_low,
    null::double as poor_first_session_rate_high, 2700::bigint as due_count,
    0::bigint as judged_first_session_count, 1200::bigint as rating_count, 4.31 as rating_mean;

create table fct_sessions as select
    'S-' || number as session_id, if(number = 2, 2, 1) as version, 'T-1' as tutor_id, 'ST-7' as student_id,
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
    if(number < 2, 'INFO', 'WATCH') as severity, starts_at + interval 65 minute as received_at
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

create table fct_flag_actions as select
    actions.*, tutor_id || '|reliability|2026-11-20' as flag_id, 'reliability' as kind,
    cast(acted_at as date) as acted_on, action <> 'note' or reason_code is not null as is_intervention,
    1 as version, false as until_worse, null::integer as until_sessions, null::timestamptz as snoozed_until
from (values
    ('A-1', 36, 'T-1', 'acknowledge', null, 'dana', timestamptz '2026-11-14 15:00:00Z', null, null, null),
    ('A-2', 37, 'T-1', 'note', 'phone_call', 'dana', '2026-11-18 15:00:00Z', null, null, null),
    ('A-3', 38, 'T-1', 'note', null, 'dana', '2026-11-19 15:00:00Z', null, null, null),
    ('a1.0', 40, 'T-4', 'note', 'talked', 'priya', '2026-11-22 14:00:00Z', null, null, 'Called him on Monday.'),
    ('a2.0', 41, 'T-4', 'assign', null, 'priya', '2026-11-22 15:00:00Z', null, 'dana', null),
    ('a3.0', 12, 'T-4', 'resolve', 'training', 'olga', '2026-11-02 15:00:00Z', true, null, null)
) as actions (action_id, ingest_seq, tutor_id, action, reason_code, acted_by, acted_at, agrees, assignee, note);

create table fct_score_evidence as select
    tutor_id, 'reliability' as component, session_id, if(version = 2, 1.0, 0.0)::double as observed,
    0.082::double as expected, 0.75::double as weight
from fct_sessions where status = 'completed' and session_id < 'S-4'
union all
select tutor_id, 'quality', session_id, 0.75, 0.2, 0.996 from fct_sessions where session_id = 'S-2';

create table fct_upcoming_risk as select
    'S-1' as session_id, 'T-1' as tutor_id, risks.*
from (values
    ('reschedule', 0.37::double, 'high', '14.8 % of all such sessions, × 2.5 with this tutor''s past'),
    ('no_show', 0.004, null, '0.9 % of all such sessions')
) as risks (kind, probability, severity, reason_text);

create table rpt_peer_bands as select * from (values
    ('T-1', 'Algebra', 'years', 63::bigint, 'told', 44.0::double, 57.0::double, 70.0::double),
    ('T-2', 'Algebra', 'years', 63, 'told', 44.0, 57.0, 70.0),
    ('T-4', 'Algebra', 'years', 63, 'told', 44.0, 57.0, 70.0),
    ('T-5', 'Algebra', 'new', 3, 'too_few_peers', null, null, null)
) as bands (tutor_id, main_subject, tenure, peer_count, state, score_p10, score_p50, score_p90);

create table rpt_first_session_patterns as select
    'tutor' as kind, 'T-1' as group_value, 90 as window_days, 9::bigint as first_session_count,
    8::bigint as judged_count, 7::bigint as closed_count, 0.312::double as poor_rate,
    0.14::double as poor_rate_low, 0.52::double as poor_rate_high,
    0.2::double as platform_poor_rate, null::double as came_again_to_tutor_rate,
    null::double as came_again_to_tutor_rate_low, null::double as came_again_to_tutor_rate_high,
    0.7::double as platform_came_again_to_tutor_rate;

create table fct_first_sessions as select
    sessions.session_id, sessions.tutor_id, sessions.scheduled_start, sessions.student_rating,
    outcome, came_again, came_again_to_tutor, days_to_next_session_with_tutor
from fct_sessions as sessions inner join (values
    ('S-2', 'held', null, null, null), ('S-20', 'held', true, true, 7::bigint),
    ('S-30', 'student_no_show', true, false, null), ('S-40', 'held', false, false, null)
) as firsts (session_id, outcome, came_again, came_again_to_tutor, days_to_next_session_with_tutor)
    using (session_id);

create table rpt_session_reports as select
    session_id, told.version, if(told.version = 1, 'Held as planned', headline) as headline, severity,
    received_at + to_hours(told.version) as received_at,
    received_at + to_hours(told.version) as reported_at
from fct_sessions cross join (values (1), (2)) as told (version) where session_id = 'S-2';

create table fct_session_freshness as select
    'S-2' as session_id, 1 as version, timestamptz '2026-11-22 01:35:07Z' as mailed_at;

create table fct_session_reviews as select
    'S-2' as session_id, 2 as version, 'rules@1' as grader, 'first_session@1' as rubric,
    'needs_person' as status, 48.6::double as points,
    [{item: 'goal_set', level: 2, status: 'graded'}, {item: 'student_talk', level: null,
    status: 'not_observable'}] as items, [{code: 'gave_answers', kind: 'transcript', turn: 3}] as findings,
    timestamptz '2026-11-22 06:00:00Z' as reviewed_at;
