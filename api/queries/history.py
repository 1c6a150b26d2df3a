"""Chooses what the published set keeps of earlier days."""

from __future__ import annotations

from datetime import date

from api.queries.selecting import IN_NAME_OR_ID, Page, Span, columns, only, read_page, where
from api.schemas.tutors import ScoreOut, TutorDayOut
from core.errors import BadInput, NotFound
from core.snapshot import Row, Snapshot

SORTS = {"name": "display_name", "score": "score", "session_count": "session_count"}
_KEPT = "SELECT min(score_date) AS first, max(score_date) AS last FROM fct_tutor_scores"
_SCORED = """
    fct_tutor_scores INNER JOIN
    (SELECT tutor_id, display_name, subjects, time_zone, region FROM dim_tutors) USING (tutor_id)
"""


def require_day(snapshot: Snapshot, day: date) -> None:
    """Returns nothing when scores of that day are kept.

    Raises:
        NotFound: they are not; it says which days are.
    """
    [kept] = snapshot.rows(_KEPT)
    if kept["first"] is None or not kept["first"] <= day <= kept["last"]:
        days = f"from {kept['first']} to {kept['last']}" if kept["first"] else "of no day yet"
        raise NotFound(
            f"Scores are kept {days}. For an earlier day, on the workbench's machine: "
            "workbench score explain TUTOR --as-known DAY"
        )


def list_tutors_on(
    snapshot: Snapshot,
    span: Span,
    day: date,
    *,
    state: str | None,
    severity: str | None,
    subject: str | None,
    search: str | None,
    sort: str,
) -> Page:
    """Returns tutors with the score of `day`, beside their profile of today.

    Raises:
        BadInput: it is to be chosen or sorted by what is not kept of a day.
        NotFound: no scores of that day are kept.
    """
    column = SORTS.get(sort.removeprefix("-"))
    if severity or column is None:
        raise BadInput(
            f"With as_of, leave severity out and sort by one of: {', '.join(SORTS)}. "
            "No more is kept of a day."
        )
    require_day(snapshot, day)
    clause, parameters = where(
        {
            "score_date = ?": day,
            "state = ?": state,
            "list_contains(subjects, ?)": subject,
            IN_NAME_OR_ID: search,
        }
    )
    direction = "DESC" if sort.startswith("-") else "ASC"
    order = f"ORDER BY {column} {direction} NULLS LAST, tutor_id"
    query = f"SELECT {columns(TutorDayOut)} FROM {_SCORED} {clause} {order}"
    return read_page(snapshot, query, parameters, span)


def find_tutor_on(snapshot: Snapshot, tutor_id: str, day: date) -> Row:
    """Returns one tutor with the score of `day`.

    Raises:
        NotFound: no scores of that day are kept, or none of this tutor.
    """
    require_day(snapshot, day)
    clause, parameters = where({"tutor_id = ?": tutor_id, "score_date = ?": day})
    query = f"SELECT {columns(TutorDayOut)} FROM {_SCORED} {clause}"
    missing = "No tutor has this id and a score of that day. See /v1/tutors."
    return only(snapshot.rows(query, parameters), missing)


def list_scores(snapshot: Snapshot, tutor_id: str, days: int, last: date | None) -> list[Row]:
    """Returns a tutor's score of each of the `days` days up to `last` or the newest, oldest first.

    Raises:
        NotFound: no tutor has this id, or no scores of the last day are kept.
    """
    if last:
        require_day(snapshot, last)
    clause, parameters = where({"tutor_id = ?": tutor_id, "score_date <= ?": last})
    query = f"""
        SELECT {columns(ScoreOut)} FROM fct_tutor_scores
        {clause} ORDER BY score_date DESC LIMIT ?
    """
    rows = snapshot.rows(query, [*parameters, days])[::-1]
    return rows or _none_of(snapshot, tutor_id)


def _none_of(snapshot: Snapshot, tutor_id: str) -> list[Row]:
    known = "SELECT tutor_id FROM rpt_tutor_scorecards WHERE tutor_id = ?"
    only(snapshot.rows(known, [tutor_id]), "No tutor has this id. See /v1/tutors.")
    return []
