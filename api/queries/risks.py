"""Chooses risks of sessions to come, and how first sessions went."""

from __future__ import annotations

from api.queries.selecting import Page, Span, columns, read_page, where
from api.schemas.risks import FirstSessionPatternOut, UpcomingRiskOut
from core.snapshot import Snapshot


def list_upcoming_risks(
    snapshot: Snapshot,
    span: Span,
    *,
    kind: str | None,
    tutor_id: str | None,
    hours_ahead: float | None,
) -> Page:
    """Returns risks of the sessions that start within `hours_ahead` of the as-of moment."""
    clause, parameters = where(
        {"kind = ?": kind, "tutor_id = ?": tutor_id, "hours_ahead <= ?": hours_ahead}
    )
    order = "ORDER BY probability DESC, scheduled_start, session_id, kind"
    query = f"SELECT {columns(UpcomingRiskOut)} FROM fct_upcoming_risk {clause} {order}"
    return read_page(snapshot, query, parameters, span)


def list_first_session_patterns(
    snapshot: Snapshot, span: Span, *, kind: str | None, window_days: int
) -> Page:
    """Returns how first sessions went by what they are grouped by, most poor ones first."""
    clause, parameters = where({"kind = ?": kind, "window_days = ?": window_days})
    order = "ORDER BY kind, poor_rate DESC NULLS LAST, group_value"
    shown = columns(FirstSessionPatternOut)
    query = f"SELECT {shown} FROM rpt_first_session_patterns {clause} {order}"
    return read_page(snapshot, query, parameters, span)
