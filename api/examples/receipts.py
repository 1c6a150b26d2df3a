"""Example answers about what a score is made of."""

from __future__ import annotations

from api.examples.common import AS_OF, Json
from api.examples.sessions import SESSION
from api.examples.tutors import TUTOR

RECEIPT: Json = {
    "published": {
        "number": 42,
        "published_at": "2026-11-22T16:00:02Z",
        "as_of": AS_OF,
        "ingest_seq": 251990,
    },
    "score": TUTOR,
    "flags": [
        {
            "flag_id": "T-1043|reliability|2026-11-20",
            "kind": "reliability",
            "severity": "high",
            "status": "open",
            "opened_on": "2026-11-20",
            "closed_on": None,
            "probability": 0.97,
            "clears_text": "Clears after about 8 sessions kept in a row.",
        }
    ],
    "peers": {
        "main_subject": "Algebra",
        "tenure": "years",
        "peer_count": 31,
        "state": "told",
        "score_p10": 58.5,
        "score_p50": 70.5,
        "score_p90": 79.0,
        "formula_version": 1,
    },
    "reviews": [
        {
            "grader": "rules@1",
            "rubric": "first-session@1",
            "review_count": 5,
            "state": "told",
            "points": 60.0,
            "points_low": 48.0,
            "points_high": 72.0,
            "platform_points": 64.0,
            "platform_review_count": 410,
            "window_days": 90,
        }
    ],
    "session": SESSION
    | {
        "outage_reason": None,
        "evidence": [
            {
                "component": "reliability",
                "observed": 1.0,
                "expected": 0.082,
                "age_days": 1,
                "weight": 0.992,
            }
        ],
    },
}
