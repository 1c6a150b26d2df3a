-- The same set, with more in the tables that the pages about the whole company read.
create or replace table rpt_first_session_patterns as select
    *, judged_count + 40 as first_session_count, 100::bigint as closed_count,
    case when judged_count < 10 then 'not_enough_data' else 'enough' end as state,
    case when judged_count >= 10 then 0.76 end as came_again_to_tutor_rate,
    case when judged_count >= 10 then 0.74 end as came_again_to_tutor_rate_low,
    case when judged_count >= 10 then 0.78 end as came_again_to_tutor_rate_high,
    case when judged_count >= 10 then 0.99 end as came_again_rate,
    case when judged_count >= 10 then 0.98 end as came_again_rate_low,
    case when judged_count >= 10 then 1.0 end as came_again_rate_high,
    0.091 as platform_poor_rate, timestamptz '2026-11-22 08:00:00Z' as as_of
from (values
    ('platform', 'all', 1204::bigint, 0.091, 0.078, 0.106, null::varchar),
    ('subject', 'Algebra', 700, 0.083, 0.067, 0.102, 'alike'),
    ('subject', '<b>Latin', 4, null, null, null, null),
    ('local_hours', '8 to 12', 240, 0.158, 0.123, 0.201, 'above'),
    ('local_hours', 'before 8', 30, 0.1, 0.04, 0.22, 'alike'),
    ('grade_level', 'Grade 10', 200, 0.05, 0.03, 0.08, 'below'),
    ('grade_level', 'Grade 9', 200, 0.09, 0.06, 0.13, 'alike'),
    ('grade_level', 'not told', 40, 0.1, 0.05, 0.2, 'alike'),
    ('tutor', 'T-1', 31, 0.24, 0.15, 0.35, 'above'),
    ('tutor', 'T-4', 45, 0.09, 0.05, 0.15, 'alike'),
    ('tutor', 'T-3', 2, null, null, null, null)
) as patterns (
    kind, group_value, judged_count, poor_rate, poor_rate_low, poor_rate_high,
    poor_against_platform
) cross join (values (90), (365)) as windows (window_days);

create or replace table fct_first_sessions as select
    'S-' || number as session_id, 'T-1' as tutor_id, 'ST-' || number as student_id,
    'Algebra' as subject, timestamptz '2026-11-21 22:30:00Z' - to_days(number::integer)
        as scheduled_start,
    if(number = 3, 'tutor_no_show', 'held') as outcome,
    if(number = 3, null, 2)::integer as student_rating, number <> 4 as is_poor,
    if(number = 2, null, number = 5) as came_again_to_tutor
from range(2, 20) as numbers (number);

create or replace table fct_upcoming_risk as select
    'U-' || number as session_id, kind, case number % 3 when 0 then 'T-2' else 'T-1' end as tutor_id,
    'Physics' as subject, timestamptz '2026-11-22 17:00:00Z' + to_hours(number::integer)
        as scheduled_start,
    number = 1 as is_first_session, number + 1.0 as hours_ahead,
    0.6 - number / 200 as probability, 0.123 as platform_rate,
    if(kind = 'reschedule' and number < 40, 'watch', null) as severity,
    '12.3 % of all such sessions, × 3.7 with this tutor''s past' as reason_text,
    timestamptz '2026-11-22 16:00:00Z' as as_of, 2 as formula_version
from range(70) as numbers (number) cross join (values ('reschedule'), ('no_show')) as kinds (kind);

create or replace table fct_interventions as select
    * replace (if(horizon_days = 56, 'too_early', state) as state,
        if(horizon_days = 56, null, verdict) as verdict),
    timestamptz '2026-11-22 08:00:00Z' as as_of, 'A-' || number as action_id, 'resolve' as action, 5::bigint as peer_count,
    'called_<tutor>' as reason_code, 'dana' as acted_by,
    date '2026-10-20' - number::integer as acted_on
from (values
    (1, 'T-1', 'reliability', 'measured', 'helped', -0.4, -0.7, -0.1),
    (2, 'T-4', 'drift', 'measured', 'no_clear_effect', -0.2, -0.6, 0.2),
    (3, 'T-2', 'attendance', 'measured', 'worse', 0.9, 0.3, 1.5),
    (4, 'T-4', 'reliability', 'too_early', null, null, null, null),
    (5, 'T-4', 'quality', 'too_few_sessions', null, null, null, null),
    (6, 'T-4', 'first_sessions', 'no_peers', null, null, null, null)
) as actions (number, tutor_id, kind, state, verdict, effect, effect_low, effect_high)
cross join (values (28), (56)) as horizons (horizon_days);

create or replace table rpt_platform_periods as select
    period, first_day, last_day, session_count, tutor_reschedule_rate,
    tutor_reschedule_rate - 0.004 as tutor_reschedule_rate_low,
    tutor_reschedule_rate + 0.004 as tutor_reschedule_rate_high,
    change as tutor_reschedule_rate_change, change - 0.006 as tutor_reschedule_rate_change_low,
    change + 0.006 as tutor_reschedule_rate_change_high, direction as tutor_reschedule_rate_direction,
    0.013 as tutor_no_show_rate, 0.011 as tutor_no_show_rate_low, 0.015 as tutor_no_show_rate_high,
    change * 0 as tutor_no_show_rate_change, change * 0 - 0.002 as tutor_no_show_rate_change_low,
    change * 0 + 0.002 as tutor_no_show_rate_change_high,
    if(change is null, null, 'unclear') as tutor_no_show_rate_direction,
    null::double as poor_first_session_rate, null::double as poor_first_session_rate_low,
    null::double as poor_first_session_rate_high, null::double as poor_first_session_rate_change,
    null::double as poor_first_session_rate_change_low,
    null::double as poor_first_session_rate_change_high,
    null::varchar as poor_first_session_rate_direction,
    session_count as due_count, 0::bigint as judged_first_session_count,
    900::bigint as rating_count, 4.31 as rating_mean
from (values
    ('day', date '2026-11-21', date '2026-11-21', 2981::bigint, 0.108, -0.005, 'unclear'),
    ('week', date '2026-11-15', date '2026-11-21', 20013, 0.131, 0.018, 'up'),
    ('previous_week', date '2026-11-08', date '2026-11-14', 19653, 0.113, null, null)
) as periods (period, first_day, last_day, session_count, tutor_reschedule_rate, change, direction);

-- so that there is a line to draw
insert into rpt_platform_days select * replace (session_date - 1 as session_date)
from rpt_platform_days;

create or replace table rpt_platform_churn as select
    *, 90 as window_days, date '2026-10-25' as known_through
from (values
    ('student_after_first_session', 'Students who left: after their first session with the tutor',
     12::bigint, 310::bigint, 'enough', 0.039, 0.024, 0.061),
    ('replacement_after_no_show', 'Tutors replaced: after a session the tutor missed',
     1, 4, 'not_enough_data', 0.25, 0.06, 0.63)
) as shares (measure, measure_text, event_count, trial_count, state, rate, rate_low, rate_high);

create or replace table rpt_platform_outages as select
    'many failures at once' as outage_reason, timestamptz '2026-11-12 20:00:00Z' as started_at,
    timestamptz '2026-11-12 22:30:00Z' as ended_at, null::varchar as note,
    607::bigint as session_count, 496::bigint as failed_count;

create or replace table rpt_freshness_days as select
    date '2026-11-21' as received_date, 51::bigint as within_promise_count,
    9::bigint as beyond_promise_count, 11.6 as arrival_to_told_p50_seconds;

create or replace table fct_what_if_evidence as select
    *, timestamptz '2026-11-22 09:00:00Z' as as_of
from (values
    ('T-1', 'reliability', 0.35, 1.2, 0.85, 0.7, 1.5),
    ('T-4', 'reliability', 0.35, 1.2, 0.85, 0.7, 1.5),
    ('T-1', 'churn', null, 3, 0.9, 0.6, 5)
) as evidence (tutor_id, kind, weight, flag_ratio, flag_probability, release_probability,
    minimum_expected);
