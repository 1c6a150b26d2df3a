"""Example answers about sessions."""

from __future__ import annotations

from api.examples.common import AS_OF, REASON, SCORED, Json

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
    "is_first_session": False,
    "caused_by": "tutor",
    "is_tutor_caused": True,
    "counts_for_tutor": True,
    "is_tutor_no_show": False,
    "is_late_start": False,
    "is_early_end": False,
    "is_short_notice": True,
    "headline": "The tutor moved it, 4 h before",
    "severity": "WATCH",
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
        **SCORED,
        "score_before": 43.0,
        "score_state": "scored",
        "state_text": "Based on 38 sessions in 90 days",
        "session_count": 38,
        "reasons": [REASON],
        "reported_at": "2026-11-21T17:30:05Z",
        "as_of": AS_OF,
        "formula_version": 1,
    }
}
