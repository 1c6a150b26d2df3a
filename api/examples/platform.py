"""Example answers about the platform."""

from __future__ import annotations

from api.examples.common import AS_OF, Json

PLATFORM_DAY: Json = {
    "session_date": "2026-11-21",
    "session_count": 2981,
    "completed_count": 2490,
    "tutor_reschedule_count": 322,
    "tutor_reschedule_rate": 0.108,
    "tutor_reschedule_rate_low": 0.099,
    "tutor_reschedule_rate_high": 0.117,
    "tutor_no_show_count": 39,
    "tutor_no_show_rate": 0.013,
    "tutor_no_show_rate_low": 0.009,
    "tutor_no_show_rate_high": 0.018,
    "due_count": 2529,
    "student_caused_count": 121,
    "platform_caused_count": 9,
    "first_session_count": 318,
    "judged_first_session_count": 240,
    "poor_first_session_count": 22,
    "poor_first_session_rate": 0.092,
    "poor_first_session_rate_low": 0.066,
    "poor_first_session_rate_high": 0.127,
    "rating_count": 1604,
    "rating_mean": 4.5,
}
FRESHNESS: Json = {
    "as_of": AS_OF,
    "built_at": "2026-11-22T16:00:01Z",
    "ingest_seq": 251990,
    "data_through": "2026-11-22T15:59:58Z",
    "session_count": 251400,
    "sessions_yesterday": 2981,
    "expected_sessions_yesterday": 3000.0,
    "tutor_count": 300,
    "scored_tutor_count": 268,
    "not_enough_data_count": 23,
    "new_tutor_count": 9,
    "needs_attention_count": 7,
    "expected_false_alarms": 0.9,
    "formula_version": 1,
    "window_days": 90,
    "time_zone": "America/Chicago",
    "published": 42,
}
