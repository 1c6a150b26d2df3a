"""Words that letters and pages share."""

from __future__ import annotations

FLAG_KINDS = {
    "reliability": "reschedules",
    "attendance": "attendance",
    "quality": "ratings",
    "first_sessions": "first sessions",
    "drift": "more reschedules than before",
    "churn": "likely to leave",
}
