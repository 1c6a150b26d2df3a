"""One example answer for each operation, as the API's documents show it. Invented people."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_AS_OF = "2026-11-22T16:00:00Z"
_REASON: Json = {
    "component": "reliability",
    "label": "Moved or cancelled by the tutor",
    "points": -14.0,
    "event_count": 9,
    "session_count": 38,
    "expected_count": 3.1,
    "rate": 0.19,
    "rate_low": 0.12,
    "rate_high": 0.28,
    "platform_rate": 0.08,
    "reason_text": "moved or cancelled 9 of 38 sessions (similar tutors: 3)",
}
_SCORE: Json = {"score": 41.0, "score_low": 35.0, "score_high": 47.0}
_WHO: Json = {"tutor_id": "T-1043", "display_name": "Rivera, Tomás", "subjects": ["Algebra"]}
TUTOR: Json = {
    **_WHO,
    "time_zone": "America/Chicago",
    "region": "Midwest",
    "tenure_days": 412,
    "state": "scored",
    "state_text": "Based on 38 sessions in 90 days",
    "severity": "high",
    **_SCORE,
    "baseline": 70.0,
    "components": [_REASON],
    "score_change_30d": -8.5,
    "session_count": 38,
    "effective_session_count": 24.6,
    "window_days": 90,
    "excluded_platform_count": 1,
    "excluded_student_count": 4,
    "upcoming_session_count": 6,
    "open_flag_count": 1,
    "last_session_at": "2026-11-21T22:00:00Z",
    "as_of": _AS_OF,
    "formula_version": 1,
}
SCORE: Json = {
    "tutor_id": "T-1043",
    "score_date": "2026-11-21",
    "state": "scored",
    **_SCORE,
    "baseline": 70.0,
    "reliability_points": -14.0,
    "attendance_points": -6.0,
    "quality_points": -7.0,
    "first_sessions_points": -2.0,
    "session_count": 38,
    "effective_session_count": 24.6,
    "formula_version": 1,
}
SESSION: Json = {
    "session_id": "S-8F2K",
    "version": 1,
    "tutor_id": "T-1043",
    "student_id": "U-2210",
    "subject": "Algebra",
    "grade_level": "8",
    "time_zone": "America/Chicago",
    "status": "rescheduled",
    "scheduled_start": "2026-11-21T21:00:00Z",
    "scheduled_end": "2026-11-21T22:00:00Z",
    "session_date": "2026-11-21",
    "is_past": True,
    "is_first_session": False,
    "caused_by": "tutor",
    "is_tutor_caused": True,
    "counts_for_tutor": True,
    "tutor_late_minutes": None,
    "tutor_early_end_minutes": None,
    "notice_hours": 3.5,
    "tutor_joined_at": None,
    "tutor_left_at": None,
    "student_joined_at": None,
    "student_left_at": None,
    "rescheduled_from": None,
    "rescheduled_to_start": "2026-11-23T21:00:00Z",
    "student_rating": None,
    "tutor_rating": None,
    "technical_issue": None,
    "follow_up_booked": None,
    "booked_at": "2026-11-14T15:12:00Z",
    "received_at": "2026-11-21T17:30:02Z",
    "ingest_seq": 251034,
    "is_backfill": False,
}
SESSION_DETAIL: Json = SESSION | {
    "report": {
        "version": 1,
        "headline": "Moved by the tutor, 3.5 hours before the start",
        "severity": "HIGH",
        "facts": [{"label": "Notice", "value": "3.5 hours"}],
        **_SCORE,
        "score_before": 43.0,
        "score_state": "scored",
        "state_text": "Based on 38 sessions in 90 days",
        "session_count": 38,
        "reasons": [_REASON],
        "reported_at": "2026-11-21T17:30:05Z",
        "as_of": _AS_OF,
        "formula_version": 1,
    }
}
FLAG: Json = {
    "flag_id": "T-1043|reliability|2026-11-20",
    "tutor_id": "T-1043",
    "kind": "reliability",
    "severity": "high",
    "opened_on": "2026-11-20",
    "closed_on": None,
    "is_open": True,
    "probability": 0.97,
    "ratio": 2.4,
    "ratio_low": 1.5,
    "ratio_high": 3.6,
    "rate": 0.19,
    "rate_low": 0.12,
    "rate_high": 0.28,
    "platform_rate": 0.08,
    "event_count": 9,
    "session_count": 38,
    "points": -14.0,
}
NEEDS_ATTENTION: Json = {
    "position": 1,
    **_WHO,
    "severity": "high",
    "kind": "reliability",
    "flag_ids": ["T-1043|reliability|2026-11-20"],
    **_SCORE,
    "session_count": 38,
    "reasons": [_REASON],
    "opened_on": "2026-11-20",
    "days_open": 2,
    "score_change_30d": -8.5,
    "false_alarm_probability": 0.03,
    "clears_text": "Clears after about 8 sessions kept in a row.",
    "is_in_capacity": True,
    "as_of": _AS_OF,
    "formula_version": 1,
}
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
    "student_caused_count": 121,
    "platform_caused_count": 9,
    "first_session_count": 318,
    "poor_first_session_count": 22,
    "rating_count": 1604,
    "rating_mean": 4.5,
}
FRESHNESS: Json = {
    "as_of": _AS_OF,
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
LETTERS: Json = {
    "count": 1,
    "items": [
        {
            "key": "1763826005.M12P7Q1.host",
            "subject": "[HIGH] Rivera T. · moved, score 41 (\u22122) · S-8F2K",
            "to": "coaches@example.org",
            "message_id": "<session-S-8F2K.v1.0a1b2c3d@workbench.example>",
            "session_id": "S-8F2K",
            "date": "2026-11-21T17:30:05Z",
        }
    ],
}


def listed(item: Json, limit: int = 50) -> Json:
    """Returns the answer of a list that holds only `item`."""
    page = {"total": 1, "limit": limit, "offset": 0}
    return {"items": [item], **page, "as_of": _AS_OF, "published": 42}
