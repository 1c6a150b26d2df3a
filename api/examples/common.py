"""What the examples share, and the list around one. Invented people."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

AS_OF = "2026-11-22T16:00:00Z"
REASON: Json = {
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
SCORED: Json = {"score": 41.0, "score_low": 35.0, "score_high": 47.0}
WHO: Json = {"tutor_id": "T-1043", "display_name": "Rivera, Tomás", "subjects": ["Algebra"]}


def listed(item: Json, limit: int = 50) -> Json:
    """Returns the answer of a list that holds only `item`."""
    page = {"total": 1, "limit": limit, "offset": 0, "next": None}
    return {"items": [item], **page, "as_of": AS_OF, "published": 42}
