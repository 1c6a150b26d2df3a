"""Chooses flags, who needs attention, and what acting brought."""

from __future__ import annotations

from api.queries.selecting import Page, Span, columns, read_page, where
from api.schemas.flags import FlagOut, InterventionOut, NeedsAttentionOut
from core.snapshot import Snapshot


def list_flags(
    snapshot: Snapshot,
    span: Span,
    *,
    is_open: bool | None,
    kind: str | None,
    tutor_id: str | None,
) -> Page:
    """Returns flags, newest first."""
    clause, parameters = where({"is_open = ?": is_open, "kind = ?": kind, "tutor_id = ?": tutor_id})
    order = "ORDER BY opened_on DESC, flag_id"
    query = f"SELECT {columns(FlagOut)} FROM fct_flags {clause} {order}"
    return read_page(snapshot, query, parameters, span)


def list_needs_attention(snapshot: Snapshot, span: Span) -> Page:
    """Returns the tutors with an open flag, most pressing first."""
    shown = columns(NeedsAttentionOut)
    query = f"SELECT {shown} FROM rpt_needs_attention ORDER BY position, tutor_id"
    return read_page(snapshot, query, [], span)


def list_interventions(
    snapshot: Snapshot,
    span: Span,
    *,
    kind: str | None,
    tutor_id: str | None,
    state: str | None,
    horizon_days: int | None,
) -> Page:
    """Returns what was done about flags and what it brought, latest first."""
    clause, parameters = where(
        {
            "kind = ?": kind,
            "tutor_id = ?": tutor_id,
            "state = ?": state,
            "horizon_days = ?": horizon_days,
        }
    )
    order = "ORDER BY acted_on DESC, action_id, horizon_days"
    query = f"SELECT {columns(InterventionOut)} FROM fct_interventions {clause} {order}"
    return read_page(snapshot, query, parameters, span)
