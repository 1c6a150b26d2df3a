"""Reads a tutor's receipt from one published set. Computes nothing: the numbers are the set's."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from core.errors import NotFound
from core.snapshot import Row, Snapshot

_COMPONENTS = ("reliability", "attendance", "quality", "first_sessions")
_FLAGS = """
    SELECT flag_id, kind, severity, status, opened_on, closed_on, probability, clears_text
    FROM fct_flags
    WHERE tutor_id = $1 AND opened_on <= $2 AND (closed_on IS NULL OR closed_on > $2)
    ORDER BY opened_on, flag_id
"""
_EVIDENCE = """
    SELECT component, observed, expected, age_days, weight
    FROM fct_score_evidence WHERE session_id = $1 ORDER BY component
"""
_PEERS = "SELECT * EXCLUDE (tutor_id, as_of) FROM rpt_peer_bands WHERE tutor_id = $1"
_REVIEWS = """
    SELECT * EXCLUDE (tutor_id, as_of) FROM rpt_tutor_reviews
    WHERE tutor_id = $1 ORDER BY review_count DESC, grader, rubric
"""
_TODAY = "SELECT timezone(time_zone, as_of)::date AS today FROM rpt_freshness"


def read_receipt(
    snapshot: Snapshot, tutor_id: str, day: date | None = None, session_id: str | None = None
) -> Row:
    """Returns the receipt as the marts hold it, JSON apart from dates and decimals.

    `score` is the scorecard of the set's own day, or the score of `day` with points only; `flags`
    those open then; `peers` the band of today's peers; `reviews` what graders said; `session`
    what `session_id` brought; `published` the set that was read.

    Raises:
        NotFound: the marts know no such tutor, day or session of this tutor.
    """
    today: date = snapshot.rows(_TODAY)[0]["today"]
    return {
        "published": asdict(snapshot.published),
        "score": _on_day(snapshot, tutor_id, day) if day else _scorecard(snapshot, tutor_id),
        "flags": snapshot.rows(_FLAGS, [tutor_id, day or today]),
        "peers": None if day else _only(snapshot.rows(_PEERS, [tutor_id]), "No peers are known."),
        "reviews": [] if day else snapshot.rows(_REVIEWS, [tutor_id]),
        "session": _session(snapshot, tutor_id, session_id) if session_id else None,
    }


def _scorecard(snapshot: Snapshot, tutor_id: str) -> Row:
    query = "SELECT * FROM rpt_tutor_scorecards WHERE tutor_id = $1"
    return _only(snapshot.rows(query, [tutor_id]), f"No tutor {tutor_id} is known.")


def _on_day(snapshot: Snapshot, tutor_id: str, day: date) -> Row:
    query = "SELECT * FROM fct_tutor_scores WHERE tutor_id = $1 AND score_date = $2"
    missing = f"There is no score of {tutor_id} on {day}. Rebuild that day with --as-known {day}."
    scored = _only(snapshot.rows(query, [tutor_id, day]), missing)
    points = {name: scored[f"{name}_points"] for name in _COMPONENTS}
    return scored | {
        "components": [
            {"component": name, "points": value}
            for name, value in sorted(points.items(), key=lambda part: (part[1] or 0, part[0]))
            if value is not None
        ]
    }


def _session(snapshot: Snapshot, tutor_id: str, session_id: str) -> Row:
    query = "SELECT * FROM fct_sessions WHERE session_id = $1 AND tutor_id = $2"
    missing = f"{tutor_id} has no session {session_id}."
    session = _only(snapshot.rows(query, [session_id, tutor_id]), missing)
    return session | {"evidence": snapshot.rows(_EVIDENCE, [session_id])}


def _only(rows: list[Row], missing: str) -> Row:
    if not rows:
        raise NotFound(missing)
    return rows[0]
