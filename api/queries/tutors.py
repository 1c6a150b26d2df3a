"""Chooses tutors and their sessions."""

from __future__ import annotations

from datetime import date

from api.queries.selecting import IN_NAME_OR_ID, Page, Span, columns, only, read_page, where
from api.schemas.sessions import SessionOut, SessionReportOut
from api.schemas.tutors import TutorOut
from core.snapshot import Row, Snapshot

SORTS = {
    "name": "display_name",
    "score": "score",
    "score_change_30d": "score_change_30d",
    "session_count": "session_count",
    "tenure_days": "tenure_days",
    "last_session_date": "last_session_date",
}


def list_tutors(
    snapshot: Snapshot,
    span: Span,
    *,
    state: str | None,
    severity: str | None,
    subject: str | None,
    search: str | None,
    sort: str,
) -> Page:
    """Returns tutors' scorecards; those without the value sorted by come last."""
    clause, parameters = where(
        {
            "state = ?": state,
            "severity = ?": severity,
            "list_contains(subjects, ?)": subject,
            IN_NAME_OR_ID: search,
        }
    )
    column = SORTS[sort.removeprefix("-")]
    direction = "DESC" if sort.startswith("-") else "ASC"
    order = f"ORDER BY {column} {direction} NULLS LAST, tutor_id"
    query = f"SELECT {columns(TutorOut)} FROM rpt_tutor_scorecards {clause} {order}"
    return read_page(snapshot, query, parameters, span)


def find_tutor(snapshot: Snapshot, tutor_id: str) -> Row:
    """Returns one tutor's scorecard.

    Raises:
        NotFound: no tutor has this id.
    """
    query = f"SELECT {columns(TutorOut)} FROM rpt_tutor_scorecards WHERE tutor_id = ?"
    return only(snapshot.rows(query, [tutor_id]), "No tutor has this id. See /v1/tutors.")


def list_sessions(
    snapshot: Snapshot,
    span: Span,
    tutor_id: str,
    *,
    first: date | None,
    last: date | None,
    status: str | None,
) -> Page:
    """Returns a tutor's sessions, newest slot first; days are business days, both ends included."""
    find_tutor(snapshot, tutor_id)
    clause, parameters = where(
        {
            "tutor_id = ?": tutor_id,
            "session_date >= ?": first,
            "session_date <= ?": last,
            "status = ?": status,
        }
    )
    order = "ORDER BY scheduled_start DESC, session_id"
    query = f"SELECT {columns(SessionOut)} FROM fct_sessions {clause} {order}"
    return read_page(snapshot, query, parameters, span)


def find_session(snapshot: Snapshot, session_id: str) -> Row:
    """Returns one session with the report of its newest outcome, null while it has none.

    Raises:
        NotFound: no session has this id.
    """
    query = f"SELECT {columns(SessionOut)} FROM fct_sessions WHERE session_id = ?"
    session = only(snapshot.rows(query, [session_id]), "No session has this id.")
    query = f"""
        SELECT {columns(SessionReportOut)} FROM rpt_session_reports
        WHERE session_id = ? ORDER BY version DESC LIMIT 1
    """
    reports = snapshot.rows(query, [session_id])
    return session | {"report": reports[0] if reports else None}
