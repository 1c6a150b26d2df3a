"""Chooses rows of the published marts for a request: filter, sort, page. Computes no meaning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
from pydantic import BaseModel

from api.schemas import (
    FlagOut,
    FreshnessOut,
    NeedsAttentionOut,
    PlatformDayOut,
    ScoreOut,
    SessionOut,
    SessionReportOut,
    TutorOut,
)
from core.errors import NotFound
from core.marts import Marts, Published

Row = dict[str, Any]
TUTOR_SORTS = {
    "name": "display_name",
    "score": "score",
    "score_change_30d": "score_change_30d",
    "session_count": "session_count",
    "tenure_days": "tenure_days",
    "last_session_date": "last_session_date",
}


@dataclass(frozen=True)
class Page:
    """Some rows of a longer list, and how long the list is."""

    rows: list[Row]
    total: int


@dataclass(frozen=True)
class Snapshot:
    """One published set: every query of one answer reads the same rows."""

    published: Published
    cursor: duckdb.DuckDBPyConnection

    def rows(self, query: str, parameters: list[Any]) -> list[Row]:
        """Returns the rows of `query` by column name."""
        found = self.cursor.execute(query, parameters)
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def page(self, query: str, parameters: list[Any], limit: int, offset: int) -> Page:
        """Returns `limit` rows of the ordered `query` from `offset` on, and the number of all."""
        [counted] = self.rows(f"SELECT count(*) AS total FROM ({query})", parameters)
        rows = self.rows(f"{query} LIMIT ? OFFSET ?", [*parameters, limit, offset])
        return Page(rows, counted["total"])


def open_snapshot(marts: Marts) -> Snapshot:
    """Returns the newest published set.

    Raises:
        MartsNotPublished: no set is published yet.
    """
    while True:
        published, cursor = marts.published(), marts.cursor()
        # A set published between the two lines would give numbers of one and rows of the other.
        if marts.published() == published:
            return Snapshot(published, cursor)


def list_tutors(
    snapshot: Snapshot,
    *,
    state: str | None,
    severity: str | None,
    subject: str | None,
    search: str | None,
    sort: str,
    limit: int,
    offset: int,
) -> Page:
    """Returns tutors' scorecards; those without the value sorted by come last."""
    where, parameters = _where(
        {
            "state = ?": state,
            "severity = ?": severity,
            "list_contains(subjects, ?)": subject,
            "contains(strip_accents(lower(display_name || ' ' || tutor_id)), "
            "strip_accents(lower(?)))": search,
        }
    )
    column = TUTOR_SORTS[sort.removeprefix("-")]
    direction = "DESC" if sort.startswith("-") else "ASC"
    order = f"ORDER BY {column} {direction} NULLS LAST, tutor_id"
    query = f"SELECT {_columns(TutorOut)} FROM rpt_tutor_scorecards {where} {order}"
    return snapshot.page(query, parameters, limit, offset)


def find_tutor(snapshot: Snapshot, tutor_id: str) -> Row:
    """Returns one tutor's scorecard.

    Raises:
        NotFound: no tutor has this id.
    """
    query = f"SELECT {_columns(TutorOut)} FROM rpt_tutor_scorecards WHERE tutor_id = ?"
    return _only(snapshot.rows(query, [tutor_id]), "No tutor has this id. See /v1/tutors.")


def list_scores(snapshot: Snapshot, tutor_id: str, days: int) -> list[Row]:
    """Returns a tutor's score of each of the last `days` days, oldest first."""
    find_tutor(snapshot, tutor_id)
    query = f"""
        SELECT {_columns(ScoreOut)} FROM fct_tutor_scores
        WHERE tutor_id = ? ORDER BY score_date DESC LIMIT ?
    """
    return snapshot.rows(query, [tutor_id, days])[::-1]


def list_sessions(
    snapshot: Snapshot,
    tutor_id: str,
    *,
    first: date | None,
    last: date | None,
    status: str | None,
    limit: int,
    offset: int,
) -> Page:
    """Returns a tutor's sessions, newest slot first; days are business days, both ends included."""
    find_tutor(snapshot, tutor_id)
    where, parameters = _where(
        {
            "tutor_id = ?": tutor_id,
            "session_date >= ?": first,
            "session_date <= ?": last,
            "status = ?": status,
        }
    )
    order = "ORDER BY scheduled_start DESC, session_id"
    query = f"SELECT {_columns(SessionOut)} FROM fct_sessions {where} {order}"
    return snapshot.page(query, parameters, limit, offset)


def find_session(snapshot: Snapshot, session_id: str) -> Row:
    """Returns one session with the report of its newest outcome, null while it has none.

    Raises:
        NotFound: no session has this id.
    """
    query = f"SELECT {_columns(SessionOut)} FROM fct_sessions WHERE session_id = ?"
    session = _only(snapshot.rows(query, [session_id]), "No session has this id.")
    query = f"""
        SELECT {_columns(SessionReportOut)} FROM rpt_session_reports
        WHERE session_id = ? ORDER BY version DESC LIMIT 1
    """
    reports = snapshot.rows(query, [session_id])
    return session | {"report": reports[0] if reports else None}


def list_flags(
    snapshot: Snapshot,
    *,
    is_open: bool | None,
    kind: str | None,
    tutor_id: str | None,
    limit: int,
    offset: int,
) -> Page:
    """Returns flags, newest first."""
    where, parameters = _where({"is_open = ?": is_open, "kind = ?": kind, "tutor_id = ?": tutor_id})
    order = "ORDER BY opened_on DESC, flag_id"
    query = f"SELECT {_columns(FlagOut)} FROM fct_flags {where} {order}"
    return snapshot.page(query, parameters, limit, offset)


def list_needs_attention(snapshot: Snapshot, limit: int, offset: int) -> Page:
    """Returns the tutors with an open flag, most pressing first."""
    columns = _columns(NeedsAttentionOut)
    query = f"SELECT {columns} FROM rpt_needs_attention ORDER BY position, tutor_id"
    return snapshot.page(query, [], limit, offset)


def list_platform_days(snapshot: Snapshot, days: int) -> list[Row]:
    """Returns the last `days` business days up to the build's own day, oldest first."""
    query = f"""
        SELECT {_columns(PlatformDayOut)} FROM rpt_platform_days
        WHERE session_date <= (SELECT timezone(time_zone, as_of)::date FROM rpt_freshness)
        ORDER BY session_date DESC LIMIT ?
    """
    return snapshot.rows(query, [days])[::-1]


def find_freshness(snapshot: Snapshot) -> Row:
    """Returns how fresh and how complete the published set is."""
    [row] = snapshot.rows(f"SELECT {_columns(FreshnessOut)} FROM rpt_freshness", [])
    return row | {"published": snapshot.published.number}


def _where(conditions: dict[str, Any]) -> tuple[str, list[Any]]:
    given = {clause: value for clause, value in conditions.items() if value is not None}
    return (f"WHERE {' AND '.join(given)}" if given else ""), list(given.values())


def _columns(model: type[BaseModel]) -> str:
    """Returns the columns that `model` shows, without the fields that are added from elsewhere."""
    return ", ".join(name for name in model.model_fields if name not in ("published", "report"))


def _only(rows: list[Row], detail: str) -> Row:
    if not rows:
        raise NotFound(detail)
    return rows[0]
