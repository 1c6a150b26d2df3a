"""Which sessions are due for a review, and their texts from the lake."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar

import duckdb

from core.lake import SESSIONS, TRANSCRIPTS
from core.marts import Marts
from flows.reviews.ledger import Ledger, Standing
from flows.reviews.material import Material, Passage, to_passages

LOOK_BACK = timedelta(days=30)
Consent = Literal["ask", "given", "never"]
_TRIES = 5
_Result = TypeVar("_Result")
_FIRST = """
    select firsts.session_id, coalesce(tutors.display_name, '') as tutor_name, scheduled_start
    from fct_first_sessions as firsts
    left join dim_tutors as tutors on firsts.tutor_id = tutors.tutor_id
    where firsts.session_id is not null and outcome = 'held' and scheduled_start >= ?
"""
_FLAGGED = """
    select sessions.session_id, coalesce(tutors.display_name, '') as tutor_name, scheduled_start
    from fct_sessions as sessions
    inner join (select distinct tutor_id from fct_flags where is_open) as flagged
        on sessions.tutor_id = flagged.tutor_id
    left join dim_tutors as tutors on sessions.tutor_id = tutors.tutor_id
    where status = 'completed' and scheduled_start >= ?
"""
# the newest version with texts; consent is an unknown field of the session, so it is in `extra`
_VERSIONS = """
    with texts as (
        select session_id, max(version) as version
        from read_parquet($texts, hive_partitioning = true, union_by_name = true)
        where received_on >= $since and session_id in (select unnest($ids))
        group by all
    ),
    consents as (
        select session_id, arg_max(json_extract_string(extra, '$.ai_consent'), version) as consent
        from read_parquet($sessions, hive_partitioning = true, union_by_name = true)
        where received_on >= $since and extra is not null and session_id in (select unnest($ids))
        group by all
    )
    select session_id, version, consent from texts left join consents using (session_id)
"""
_TEXTS = """
    select session_id, version, transcript, tutor_notes, student_feedback
    from read_parquet($texts, hive_partitioning = true, union_by_name = true)
    where received_on >= $since and session_id in (select unnest($ids))
"""


@dataclass(frozen=True)
class Due:
    """A session whose texts wait for a review."""

    session_id: str
    version: int
    tutor_name: str
    may_leave: bool


def find_due(
    marts: Marts,
    lake_dir: Path,
    ledger: Ledger,
    rubric: str,
    *,
    now: datetime,
    since: datetime,
    consent: Consent,
    has_model: bool,
    with_flagged: bool,
) -> list[Due]:
    """Returns the sessions from `since` on with texts that wait for a review, newest first.

    Raises:
        MartsNotPublished: no set is published yet.
    """
    candidates = _candidates(marts, since, with_flagged)
    known = _versions(lake_dir, list(candidates), since)
    found = [
        Due(session, version, candidates[session], may_leave(said, consent))
        for session, (version, said) in known.items()
    ]
    order = {session: place for place, session in enumerate(candidates)}
    standings = ledger.standings(rubric)
    return [
        due
        for due in sorted(found, key=lambda due: order[due.session_id])
        if is_due(standings.get((due.session_id, due.version)), due, has_model, now)
    ]


def is_due(before: Standing | None, due: Due, has_model: bool, now: datetime) -> bool:
    """Returns whether somebody should speak about the session who has not."""
    if before is None:
        return True
    if before.status == "pending":
        return before.next_try_at is None or before.next_try_at <= now
    can_be_asked = has_model and due.may_leave
    return can_be_asked and before.reason in ("no_model", "no_consent")


def may_leave(said: str | None, consent: Consent) -> bool:
    """Returns whether a session's texts may go to a model: a no of its own always holds."""
    answer = (said or "").strip().casefold()
    if consent == "never" or answer in ("false", "no", "0"):
        return False
    return consent == "given" or answer in ("true", "yes", "1")


def read_materials(lake_dir: Path, wanted: Iterable[Due], since: datetime) -> list[Material]:
    """Returns the texts of these sessions, in their order; those that are gone are left out."""
    wanted = list(wanted)
    parameters = _parameters(lake_dir, [due.session_id for due in wanted], since)
    del parameters["sessions"]
    rows = _again(lambda: _query(_TEXTS, parameters))
    texts = {(session, version): rest for session, version, *rest in rows}
    return [
        Material(
            due.session_id,
            due.version,
            _passages(texts[due.session_id, due.version], due.tutor_name),
            due.tutor_name,
            due.may_leave,
        )
        for due in wanted
        if (due.session_id, due.version) in texts
    ]


def _candidates(marts: Marts, since: datetime, with_flagged: bool) -> dict[str, str]:
    rows = marts.rows(_FIRST, [since])
    if with_flagged:
        rows += marts.rows(_FLAGGED, [since])
    rows.sort(key=lambda row: row["scheduled_start"], reverse=True)
    return {row["session_id"]: row["tutor_name"] for row in rows}


def _versions(lake_dir: Path, ids: list[str], since: datetime) -> dict[str, tuple[int, str | None]]:
    if not ids:
        return {}
    rows = _again(lambda: _query(_VERSIONS, _parameters(lake_dir, ids, since)))
    return {session: (version, consent) for session, version, consent in rows}


def _parameters(lake_dir: Path, ids: list[str], since: datetime) -> dict[str, Any]:
    # what is told ahead or late arrives on another day than it is taught
    landed: date = (since - timedelta(days=1)).astimezone(UTC).date()
    return {
        "texts": str(TRANSCRIPTS.folder(lake_dir) / "*" / "*.parquet"),
        "sessions": str(SESSIONS.folder(lake_dir) / "*" / "*.parquet"),
        "ids": ids,
        "since": landed.isoformat(),
    }


def _query(query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with duckdb.connect(config={"memory_limit": "1GB", "threads": 1}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute(query, parameters).fetchall()


def _again(read: Callable[[], _Result]) -> _Result:
    # ingest replaces its newest files about once a second, and a read may meet both
    for _ in range(_TRIES - 1):
        try:
            return read()
        except duckdb.Error:
            time.sleep(0.3)
    return read()


def _passages(texts: list[Any], tutor_name: str) -> tuple[Passage, ...]:
    transcript, notes, feedback = texts
    turns = [(turn["speaker"] or "", turn["text"] or "") for turn in transcript or []]
    return to_passages(turns, notes, feedback, tutor_name)
