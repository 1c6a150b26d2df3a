"""Example answers about tutors."""

from __future__ import annotations

from api.examples.common import AS_OF, REASON, SCORED, WHO, Json

TUTOR: Json = {
    **WHO,
    "time_zone": "America/Chicago",
    "region": "Midwest",
    "tenure_days": 412,
    "state": "scored",
    "state_text": "Based on 38 sessions in 90 days",
    "severity": "high",
    **SCORED,
    "baseline": 70.0,
    "components": [REASON],
    "score_change_30d": -8.5,
    "session_count": 38,
    "effective_session_count": 24.6,
    "window_days": 90,
    "excluded_platform_count": 1,
    "excluded_student_count": 4,
    "upcoming_session_count": 6,
    "open_flag_count": 1,
    "last_session_date": "2026-11-21",
    "as_of": AS_OF,
    "formula_version": 1,
}
SCORE: Json = {
    "tutor_id": "T-1043",
    "score_date": "2026-11-21",
    "state": "scored",
    **SCORED,
    "baseline": 70.0,
    "reliability_points": -14.0,
    "attendance_points": -6.0,
    "quality_points": -7.0,
    "first_sessions_points": -2.0,
    "session_count": 38,
    "effective_session_count": 24.6,
    "formula_version": 1,
}
