"""The outbox: which letters are owed, to whom, and what became of each. One file.

A letter is claimed, sent, confirmed. Whoever dies in between leaves a claim that runs out, and the
letter goes out again under the same Message-ID. A letter that is held is told in a digest.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Self

from flows.emails.outbox_schema import OWED, RANKED, WAITING, prepare

CLAIM_LASTS = timedelta(minutes=2)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=3)

Kind = Literal["session", "digest", "alert", "test"]
_CLAIM = f"""
    update letters
    set state = 'sending', attempts = attempts + 1, next_try_at = :until
    where rowid in (
        select rowid {RANKED} and next_try_at <= :now
        order by rank, rowid
        limit :limit
    )
    returning rank, rowid, kind, recipient, message_id, content, attempts, created_at
"""
_OWE = """
    insert into letters
        (kind, about, version, recipient, status, severity, rank, state, next_try_at, held_for,
         message_id, content, created_at)
    values
        (:kind, :about, :version, :recipient, :status, :severity, :rank, :state, :due, :held_for,
         :message_id, :content, :now)
    on conflict do nothing
"""


@dataclass(frozen=True)
class NewLetter:
    """A letter that may become owed. `about` is a session, or which digest or alert it is.

    Lower ranks go out first. With `held_for`, it waits to be told in a digest that is due at `due`.
    """

    kind: Kind
    about: str
    recipient: str
    message_id: str
    content: str
    due: datetime
    version: int = 1
    rank: int = 2
    status: str | None = None
    severity: str | None = None
    held_for: str | None = None


@dataclass(frozen=True)
class OwedLetter:
    """A claimed letter: all that is needed to compose it, whatever is published by now."""

    row: int
    kind: Kind
    recipient: str
    message_id: str
    content: str
    attempts: int
    created_at: datetime

    def pause(self, jitter: float) -> timedelta:
        """Returns how long to wait after this attempt; `jitter` in 0..1 adds up to a quarter."""
        doubled: timedelta = FIRST_PAUSE * 2 ** min(self.attempts - 1, 10)
        return min(doubled * (1 + jitter / 4), LONGEST_PAUSE)


@dataclass(frozen=True)
class Told:
    """What somebody was last told of a session."""

    version: int
    status: str
    severity: str


@dataclass(frozen=True)
class HeldLetter:
    """A letter that waits for a digest, why, and what it would have said."""

    row: int
    held_for: str
    content: str


class Outbox:
    """The outbox in one SQLite file, for one thread; `connection` is for what is asked by hand."""

    def __init__(self, path: Path) -> None:
        # the file holds addresses: its folder is for its owner alone
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.connection = sqlite3.connect(path, timeout=10, isolation_level=None)
        prepare(self.connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def watermark(self) -> int:
        """Returns the highest `ingest_seq` that was looked at; 0 before the first."""
        found = self._execute("select value from state where key = 'ingest_seq'").fetchone()
        return found[0] if found else 0

    def move_watermark(self, ingest_seq: int) -> None:
        """Notes that all up to `ingest_seq` was looked at."""
        self._execute("insert or replace into state values ('ingest_seq', ?)", ingest_seq)

    def owe(self, letter: NewLetter, now: datetime) -> bool:
        """Returns whether the letter is newly owed; one of the same key is owed once, for ever."""
        state = "held" if letter.held_for else "pending"
        row = asdict(letter) | {"state": state, "due": _stamp(letter.due), "now": _stamp(now)}
        return self.connection.execute(_OWE, row).rowcount > 0

    def is_owed(self, kind: Kind, about: str, recipient: str) -> bool:
        """Returns whether such a letter was ever owed."""
        query = "select 1 from letters where kind = ? and about = ? and recipient = ?"
        return bool(self._execute(query, kind, about, recipient).fetchone())

    def last_told(self, session_id: str, recipient: str) -> Told | None:
        """Returns the newest version of a session that `recipient` has a letter about."""
        found = self._execute(
            "select version, status, severity from letters "
            "where kind = 'session' and about = ? and recipient = ? order by version desc",
            *(session_id, recipient),
        ).fetchone()
        return Told(*found) if found else None

    def count_since(self, recipient: str, since: datetime) -> int:
        """Returns how many letters about sessions became owed at once, not held, since then."""
        query = (
            "select count(*) from letters where kind = 'session' and recipient = ? "
            "and created_at > ? and held_for is null"
        )
        return int(self._execute(query, recipient, _stamp(since)).fetchone()[0])

    def let_go(self, recipients: set[str]) -> None:
        """Gives up what is owed to addresses other than these: they left the list."""
        waiting = (
            "select distinct recipient from letters where state in ('pending', 'sending', 'held')"
        )
        for (address,) in self._execute(waiting).fetchall():
            if address not in recipients:
                self._execute(
                    "update letters set state = 'dead', last_error = 'recipient removed' "
                    "where recipient = ? and state in ('pending', 'sending', 'held')",
                    address,
                )

    def held(self, recipient: str, now: datetime) -> list[HeldLetter]:
        """Returns what is held for `recipient` and to be told by `now`, oldest first."""
        rows = self._execute(
            f"select rowid, held_for, content {WAITING} "
            "and state = 'held' and recipient = ? and next_try_at <= ? order by rowid",
            *(recipient, _stamp(now)),
        )
        return [HeldLetter(*row) for row in rows]

    def tell(self, letters: list[HeldLetter], told_in: str) -> None:
        """Notes that held letters are told in the digest of that Message-ID."""
        for letter in letters:
            self._execute(
                "update letters set state = 'told', content = null, told_in = ? where rowid = ?",
                *(told_in, letter.row),
            )

    def has_due(self, now: datetime) -> bool:
        """Returns whether a letter could be claimed at `now`, or a held one told."""
        owed = f"select 1 {OWED} and next_try_at <= :now"
        held = "select 1 from letters where state = 'held' and next_try_at <= :now"
        query = f"select exists ({owed}) or exists ({held})"
        return bool(self.connection.execute(query, {"now": _stamp(now)}).fetchone()[0])

    def claim(self, now: datetime, limit: int) -> list[OwedLetter]:
        """Returns at most `limit` due letters, by rank and then oldest first, claimed for 2 min."""
        values = {"now": _stamp(now), "until": _stamp(now + CLAIM_LASTS), "limit": limit}
        rows = self.connection.execute(_CLAIM, values).fetchall()
        return [_owed(*row[1:]) for row in sorted(rows)]

    def confirm(self, letter: OwedLetter, now: datetime) -> None:
        """Notes that the mail server took the letter; its content is no longer needed."""
        self._settle(letter, "sent", sent_at=_stamp(now), content=None, last_error=None)

    def postpone(
        self, letter: OwedLetter, now: datetime, code: str, jitter: float
    ) -> Literal["postponed", "dead"]:
        """Puts the letter back for a later attempt, or gives up three days after it was owed."""
        if now - letter.created_at >= GIVE_UP_AFTER:
            self.bury(letter, code)
            return "dead"
        next_try_at = _stamp(now + letter.pause(jitter))
        self._settle(letter, "pending", next_try_at=next_try_at, last_error=code)
        return "postponed"

    def bury(self, letter: OwedLetter, code: str) -> None:
        """Notes that the letter will never arrive, and why; it stays to be looked at."""
        self._settle(letter, "dead", last_error=code)

    def count_waiting(self) -> int:
        """Returns how many letters are neither sent, held nor given up."""
        return int(self._execute(f"select count(*) {OWED}").fetchone()[0])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Makes what happens within it happen wholly or not at all."""
        self._execute("begin immediate")
        try:
            yield
        except BaseException:
            self._execute("rollback")
            raise
        self._execute("commit")

    def _settle(self, letter: OwedLetter, state: str, **columns: str | None) -> None:
        changes = {"state": state} | columns
        assignments = ", ".join(f"{name} = ?" for name in changes)
        self._execute(
            f"update letters set {assignments} where rowid = ?", *changes.values(), letter.row
        )

    def _execute(self, query: str, *parameters: Any) -> sqlite3.Cursor:
        return self.connection.execute(query, parameters)


def _owed(*row: Any) -> OwedLetter:
    letter = OwedLetter(*row)
    return replace(letter, created_at=datetime.fromisoformat(row[-1]))


def _stamp(moment: datetime) -> str:
    # one form for all, so that text compares as time does
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
