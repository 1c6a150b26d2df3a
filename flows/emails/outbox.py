"""The outbox: which letters are owed, to whom, and what became of each. One file, one writer.

A letter is claimed, sent, confirmed. Whoever dies in between leaves a claim that runs out, and the
letter goes out again under the same Message-ID.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Self

from flows.emails.report import Report

CLAIM_LASTS = timedelta(minutes=2)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=3)

_SCHEMA = """
    pragma journal_mode = wal;
    pragma synchronous = full;
    create table if not exists letters (
        session_id text not null,
        version integer not null,
        recipient text not null,
        status text not null,
        state text not null check (state in ('pending', 'sending', 'sent', 'dead')),
        attempts integer not null default 0,
        next_try_at text not null,
        message_id text not null,
        report text,
        created_at text not null,
        sent_at text,
        last_error text,
        primary key (session_id, version, recipient)
    ) strict;
    create index if not exists letters_owed on letters (next_try_at)
        where state in ('pending', 'sending');
    create table if not exists recipients (address text primary key, added_at text not null) strict;
    create table if not exists state (key text primary key, value integer not null) strict;
"""
# A later version is news only when its outcome differs from the one last written about; an
# earlier version that comes late is history.
_ENQUEUE = """
    insert into letters
        (session_id, version, recipient, status, state, next_try_at, message_id, report, created_at)
    select :session_id, :version, :recipient, :status, 'pending', :now, :message_id, :report, :now
    from (
        select status as last_status, max(version) as last_version
        from letters
        where session_id = :session_id and recipient = :recipient
    )
    where last_version is null or (last_version < :version and last_status <> :status)
"""
# by its index the outbox stays fast however many letters were sent in its life
_OWED = "from letters indexed by letters_owed where state in ('pending', 'sending')"
_CLAIM = f"""
    update letters
    set state = 'sending', attempts = attempts + 1, next_try_at = :until
    where rowid in (
        select rowid {_OWED} and next_try_at <= :now
        order by rowid
        limit :limit
    )
    returning rowid, recipient, message_id, report, attempts, created_at
"""


@dataclass(frozen=True)
class OwedLetter:
    """A claimed letter: all that is needed to compose it, whatever is published by now."""

    row: int
    recipient: str
    message_id: str
    report_json: str
    attempts: int
    created_at: datetime

    @property
    def report(self) -> Report:
        """Returns the report as it was when the letter became due."""
        return Report.model_validate_json(self.report_json)

    def pause(self, jitter: float) -> timedelta:
        """Returns how long to wait after this attempt; `jitter` in 0..1 adds up to a quarter."""
        doubled: timedelta = FIRST_PAUSE * 2 ** min(self.attempts - 1, 10)
        return min(doubled * (1 + jitter / 4), LONGEST_PAUSE)


class Outbox:
    """The outbox in one SQLite file, for one thread of the process that sends."""

    def __init__(self, path: Path) -> None:
        # the file holds addresses: its folder is for its owner alone
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._connection = sqlite3.connect(path, timeout=10, isolation_level=None)
        self._connection.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def sync_recipients(self, addresses: Iterable[str], now: datetime) -> None:
        """Makes `addresses` the list: a new one gets what is received from `now` on.

        Those of the first list get everything live, since sessions may come before the first sync.

        What is still owed to an address that left the list is never sent.
        """
        listed = {address.strip() for address in addresses}
        with self._transaction():
            known = self._recipients().keys()
            since = now if known or self._has_looked() else datetime.min.replace(tzinfo=UTC)
            for address in known - listed:
                self._remove(address)
            for address in listed - known:
                self._execute("insert into recipients values (?, ?)", address, _stamp(since))

    def _has_looked(self) -> bool:
        return bool(self._execute("select 1 from state where key = 'ingest_seq'").fetchone())

    def _remove(self, address: str) -> None:
        self._execute("delete from recipients where address = ?", address)
        self._execute(
            "update letters set state = 'dead', last_error = 'recipient removed' "
            "where recipient = ? and state in ('pending', 'sending')",
            address,
        )

    def _recipients(self) -> dict[str, str]:
        return dict(self._execute("select address, added_at from recipients"))

    def watermark(self) -> int:
        """Returns the highest `ingest_seq` that was looked at; 0 before the first."""
        found = self._execute("select value from state where key = 'ingest_seq'").fetchone()
        return found[0] if found else 0

    def enqueue(self, reports: Iterable[Report], domain: str, now: datetime) -> int:
        """Returns how many letters are newly owed for `reports`; asked again, it answers 0."""
        owed, latest = 0, self.watermark()
        with self._transaction():
            recipients = self._recipients()
            for report in reports:
                owed += self._owe(report, recipients, domain, now)
                latest = max(latest, report.ingest_seq)
            self._execute("insert or replace into state values ('ingest_seq', ?)", latest)
        return owed

    def _owe(self, report: Report, recipients: dict[str, str], domain: str, now: datetime) -> int:
        row = report.model_dump(include={"session_id", "version", "status"})
        row |= {"report": report.model_dump_json(), "now": _stamp(now)}
        received_at = _stamp(report.received_at)
        return sum(
            self._connection.execute(
                _ENQUEUE,
                row | {"recipient": address, "message_id": report.message_id(address, domain)},
            ).rowcount
            for address, added_at in recipients.items()
            if added_at <= received_at
        )

    def has_due(self, now: datetime) -> bool:
        """Returns whether a letter could be claimed at `now`."""
        query = f"select exists (select 1 {_OWED} and next_try_at <= :now)"
        return bool(self._connection.execute(query, {"now": _stamp(now)}).fetchone()[0])

    def claim(self, now: datetime, limit: int) -> list[OwedLetter]:
        """Returns at most `limit` due letters, oldest first, now claimed for two minutes."""
        until = _stamp(now + CLAIM_LASTS)
        rows = self._connection.execute(
            _CLAIM, {"now": _stamp(now), "until": until, "limit": limit}
        ).fetchall()
        return [_owed(*row) for row in sorted(rows)]

    def confirm(self, letter: OwedLetter, now: datetime) -> None:
        """Notes that the mail server took the letter; its report is no longer needed."""
        self._settle(letter, "sent", sent_at=_stamp(now), report=None, last_error=None)

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
        """Returns how many letters are neither sent nor given up."""
        waiting: int = self._execute(f"select count(*) {_OWED}").fetchone()[0]
        return waiting

    def _settle(self, letter: OwedLetter, state: str, **columns: str | None) -> None:
        changes = {"state": state} | columns
        assignments = ", ".join(f"{name} = ?" for name in changes)
        self._execute(
            f"update letters set {assignments} where rowid = ?", *changes.values(), letter.row
        )

    def _execute(self, query: str, *parameters: Any) -> sqlite3.Cursor:
        return self._connection.execute(query, parameters)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._execute("begin immediate")
        try:
            yield
        except BaseException:
            self._execute("rollback")
            raise
        self._execute("commit")


def _owed(
    row: int, recipient: str, message_id: str, report: str, attempts: int, created_at: str
) -> OwedLetter:
    created = datetime.fromisoformat(created_at)
    return OwedLetter(row, recipient, message_id, report, attempts, created)


def _stamp(moment: datetime) -> str:
    # one form for all, so that text compares as time does
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
