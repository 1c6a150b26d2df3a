"""Example answers about risks and first sessions."""

from __future__ import annotations

from api.examples.common import AS_OF, Json

UPCOMING_RISK: Json = {
    "session_id": "S-9A1B",
    "kind": "reschedule",
    "tutor_id": "T-1043",
    "student_id": "U-2210",
    "subject": "Algebra",
    "scheduled_start": "2026-11-23T22:00:00Z",
    "session_date": "2026-11-23",
    "is_first_session": False,
    "hours_ahead": 30.0,
    "probability": 0.24,
    "base_probability": 0.1,
    "platform_rate": 0.08,
    "slot_factor": 1.25,
    "tutor_factor": 1.6,
    "recent_factor": 1.5,
    "moves_factor": 1.0,
    "stack_factor": 1.0,
    "reason_text": "this tutor moves 1.6 times as many as expected; more in the last weeks",
    "effective_session_count": 24.6,
    "as_of": AS_OF,
    "formula_version": 1,
}
FIRST_SESSION_PATTERN: Json = {
    "kind": "subject",
    "group_value": "Algebra",
    "window_days": 90,
    "first_session_count": 212,
    "judged_count": 160,
    "poor_count": 16,
    "closed_count": 181,
    "came_again_count": 143,
    "came_again_to_tutor_count": 130,
    "state": "enough",
    "poor_rate": 0.1,
    "poor_rate_low": 0.067,
    "poor_rate_high": 0.146,
    "platform_poor_rate": 0.092,
    "came_again_rate": 0.79,
    "came_again_rate_low": 0.736,
    "came_again_rate_high": 0.835,
    "platform_came_again_rate": 0.81,
    "came_again_to_tutor_rate": 0.718,
    "came_again_to_tutor_rate_low": 0.66,
    "came_again_to_tutor_rate_high": 0.77,
    "platform_came_again_to_tutor_rate": 0.74,
    "as_of": AS_OF,
}
