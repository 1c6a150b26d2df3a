"""The ledger of reviews: what was said of each session, by whom, and what it cost. One writer.

Quotes are students' words: they lie in here and nowhere else, for as long as transcripts are kept.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Self

from flows.reviews.grader import Answer, Reason
from flows.reviews.ledger_schema import SCHEMA
from flows.reviews.review import Review

Status = Literal["graded", "pending", "needs_person"]
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=6)
MOST_ATTEMPTS = 6

_KEEP = """
    insert or replace into reviews values (
        :session_id, :version, :rubric, :grader, :status, :reason, :may_leave, :reviewed_at,
        :attempts, :next_try_at, :review, :redacted
    )
"""
_WITH_QUOTES = """
    select * from reviews
    where reviewed_at < ? and replace(review, '"text":""', '') like '%"text":%'
"""


@dataclass(frozen=True)
class Entry:
    """A review as it is kept. `redacted` is the same with pseudonyms, for what may be shown wider.

    While it is pending, `grader` is who spoke in the meantime and `reason` why the model did not.
    """

    session_id: str
    version: int
    rubric: str
    grader: str
    status: Status
    reason: Reason | None
    may_leave: bool
    reviewed_at: datetime
    review: Review
    redacted: Review
    attempts: int = 0
    next_try_at: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """As much of a review as says whether it is still to be done."""

    status: Status
    reason: Reason | None
    next_try_at: datetime | None


class Ledger:
    """The ledger in one SQLite file, for one thread of the process that reviews."""

    def __init__(self, path: Path) -> None:
        # the file holds students' words: its folder is for its owner alone
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._connection = sqlite3.connect(path, timeout=10, isolation_level=None)
        self._connection.executescript(SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def keep(self, entry: Entry) -> set[date]:
        """Keeps a review in the place of the one before; returns the days (UTC) that changed."""
        with self.transaction():
            before = self.find(entry.session_id, entry.version, entry.rubric)
            self.execute(_KEEP, _row(entry))
        changed = [entry, *([before] if before else [])]
        return {one.reviewed_at.astimezone(UTC).date() for one in changed}

    def find(self, session_id: str, version: int, rubric: str) -> Entry | None:
        """Returns the review of a version of a session by a rubric, if there is one."""
        query = "select * from reviews where session_id = ? and version = ? and rubric = ?"
        found = self.execute(query, (session_id, version, rubric)).fetchone()
        return _entry(found) if found else None

    def standings(self, rubric: str) -> dict[tuple[str, int], Standing]:
        """Returns how each review by a rubric stands, by session and version."""
        query = (
            "select session_id, version, status, reason, next_try_at from reviews where rubric = ?"
        )
        return {
            (session, version): Standing(status, reason, _moment(next_try_at))
            for session, version, status, reason, next_try_at in self.execute(query, (rubric,))
        }

    def newest(self, session_id: str, rubric: str) -> Entry | None:
        """Returns the review of the newest version of a session that was reviewed."""
        query = (
            "select version from reviews where session_id = ? and rubric = ? and status <> "
            "'pending' order by version desc limit 1"
        )
        found = self.execute(query, (session_id, rubric)).fetchone()
        return self.find(session_id, found[0], rubric) if found else None

    def days(self) -> list[date]:
        """Returns the days (UTC) of which there are reviews."""
        query = "select distinct substr(reviewed_at, 1, 10) from reviews"
        return [date.fromisoformat(day) for (day,) in self.execute(query)]

    def reviewed_on(self, day: date) -> list[Entry]:
        """Returns the reviews of one day (UTC), in the order of reviewing."""
        days = (day.isoformat(), (day + timedelta(days=1)).isoformat())
        query = "select * from reviews where reviewed_at >= ? and reviewed_at < ? order by 8, 1"
        return [_entry(row) for row in self.execute(query, days)]

    def cached(self, key: str) -> Answer | None:
        """Returns the answer that was given to the same question, and counts the hit."""
        query = "update answers set hits = hits + 1 where key = ? returning answer"
        rows = self.execute(query, (key,)).fetchall()
        return Answer.model_validate_json(rows[0][0]) if rows else None

    def cache(self, key: str, answer: Answer, now: datetime) -> None:
        """Keeps an answer for the next time the same is asked."""
        row = (key, answer.model_dump_json(), stamp(now))
        self.execute("insert or replace into answers values (?, ?, ?, 0)", row)

    def forget_texts(self, before: datetime) -> int:
        """Returns of how many reviews older than `before` the quotes were removed for good."""
        limit = (stamp(before),)
        with self.transaction():
            old = self.execute(_WITH_QUOTES, limit).fetchall()
            self._forget(old)
            self.execute("delete from answers where answered_at < ?", limit)
        self.execute("pragma wal_checkpoint(truncate)")
        return len(old)

    def forget_sessions(self, session_ids: Iterable[str]) -> int:
        """Returns of how many reviews of these sessions the quotes were removed for good."""
        with self.transaction():
            rows = [
                row
                for session_id in session_ids
                for row in self.execute("select * from reviews where session_id = ?", (session_id,))
            ]
            self._forget(rows)
            # whose words an answer quotes cannot be told from its key; asking again costs cents
            self.execute("delete from answers")
        self.execute("pragma wal_checkpoint(truncate)")
        return len(rows)

    def _forget(self, rows: list[Any]) -> None:
        for entry in map(_entry, rows):
            bare = without_quotes(entry.review).model_dump_json()
            self.execute(
                "update reviews set review = ?, redacted = ? "
                "where session_id = ? and version = ? and rubric = ?",
                (bare, bare, entry.session_id, entry.version, entry.rubric),
            )

    def execute(self, query: str, parameters: Any = ()) -> sqlite3.Cursor:
        """Returns the cursor of a statement, for the parts of the ledger in other modules."""
        return self._connection.execute(query, parameters)

    def execute_many(self, query: str, rows: Iterable[Any]) -> None:
        """Runs a statement for each of the rows."""
        self._connection.executemany(query, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Makes what is done within it happen whole or not at all."""
        self.execute("begin immediate")
        try:
            yield
        except BaseException:
            self.execute("rollback")
            raise
        self.execute("commit")


def pause_after(attempts: int) -> timedelta:
    """Returns how long a review waits after so many attempts that failed."""
    doubled: timedelta = FIRST_PAUSE * 2 ** min(max(attempts - 1, 0), 10)
    return min(doubled, LONGEST_PAUSE)


def without_quotes(review: Review) -> Review:
    """Returns the review with empty quotes."""
    items = [one.model_copy(update={"quotes": ()}) for one in review.items]
    findings = [
        one.model_copy(update={"quote": one.quote.model_copy(update={"text": ""})})
        for one in review.findings
    ]
    return review.model_copy(update={"items": tuple(items), "findings": tuple(findings)})


def stamp(moment: datetime) -> str:
    """Returns the one form of a moment in the ledger, so that text compares as time does."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _row(entry: Entry) -> dict[str, Any]:
    return vars(entry) | {
        "reviewed_at": stamp(entry.reviewed_at),
        "next_try_at": stamp(entry.next_try_at) if entry.next_try_at else None,
        "review": entry.review.model_dump_json(),
        "redacted": entry.redacted.model_dump_json(),
    }


def _entry(row: tuple[Any, ...]) -> Entry:
    *head, reviewed_at, attempts, next_try_at, review, redacted = row
    session_id, version, rubric, grader, status, reason, may_leave = head
    return Entry(
        session_id, version, rubric, grader, status, reason, bool(may_leave),
        datetime.fromisoformat(reviewed_at),
        Review.model_validate_json(review),
        Review.model_validate_json(redacted),
        attempts,
        _moment(next_try_at),
    )  # fmt: skip


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
