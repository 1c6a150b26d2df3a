"""The journal's tables and what is done to them, each within the caller's transaction.

`seen` remembers for ever which records are stored; `log` holds those that are not in Parquet yet,
one row per request; `quarantine` holds those that were refused.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from ingest.advice import CONFLICT
from ingest.records import Entry, Refusal

SCHEMA = """
    CREATE TABLE IF NOT EXISTS seen (
        kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, hash BLOB NOT NULL,
        PRIMARY KEY (kind, id, version)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS log (
        first_seq INTEGER PRIMARY KEY, n INTEGER NOT NULL, kind TEXT NOT NULL,
        received_at TEXT NOT NULL, request_id TEXT NOT NULL, sender TEXT NOT NULL,
        is_backfill INTEGER NOT NULL, body BLOB NOT NULL
    );
    CREATE TABLE IF NOT EXISTS quarantine (
        id INTEGER PRIMARY KEY, kind TEXT NOT NULL, received_at TEXT NOT NULL,
        request_id TEXT NOT NULL, sender TEXT NOT NULL, raw BLOB NOT NULL, errors TEXT NOT NULL
    );
    CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
    INSERT OR IGNORE INTO state VALUES ('next_seq', 1), ('drained_seq', 0), ('plan', NULL);
"""
_REMEMBER = "INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Batch:
    """One request's records, checked. `received_at` is RFC 3339 in UTC."""

    kind: str
    entries: list[Entry]
    refusals: list[Refusal]
    request_id: str
    sender: str
    received_at: str
    is_backfill: bool = False
    is_strict: bool = False
    is_dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a batch. `conflicts` passed the check but contradict what is stored."""

    accepted: int
    duplicates: int = 0
    conflicts: list[Refusal] = field(default_factory=list)


class LogRow(NamedTuple):
    """One request's accepted records; `body` has one `{"record":…}` a line."""

    first_seq: int
    n: int
    kind: str
    received_at: str
    request_id: str
    sender: str
    is_backfill: int
    body: bytes

    @property
    def last_seq(self) -> int:
        return self.first_seq + self.n - 1


@dataclass(frozen=True)
class Plan:
    """Which records a drain takes and which file of each folder it merges them into."""

    upto: int
    parts: dict[str, str]


@dataclass(frozen=True)
class Backlog:
    """The oldest rows of the log, the plan of a drain that was cut off, and whether more waits."""

    rows: list[LogRow]
    plan: Plan | None
    has_more: bool


def store(connection: sqlite3.Connection, batch: Batch) -> Receipt:
    """Returns what became of the batch; a dry run or a refused strict batch leaves no trace."""
    connection.execute("SAVEPOINT batch")
    fresh, receipt = _remember(connection, batch)
    is_refused = batch.is_strict and (batch.refusals or receipt.conflicts)
    if batch.is_dry_run or is_refused:
        connection.execute("ROLLBACK TO batch")
    else:
        _append(connection, batch, fresh)
        _quarantine(connection, batch, [*batch.refusals, *receipt.conflicts])
    connection.execute("RELEASE batch")
    return receipt


def _remember(connection: sqlite3.Connection, batch: Batch) -> tuple[list[Entry], Receipt]:
    rows = [(batch.kind, entry.key, entry.version, entry.digest) for entry in batch.entries]
    before = connection.total_changes
    connection.executemany(_REMEMBER, rows)
    if connection.total_changes - before == len(rows):
        return batch.entries, Receipt(len(rows))
    connection.execute("ROLLBACK TO batch")  # one at least was known: find out which
    return _remember_one_by_one(connection, batch)


def _remember_one_by_one(
    connection: sqlite3.Connection, batch: Batch
) -> tuple[list[Entry], Receipt]:
    fresh: list[Entry] = []
    conflicts: list[Refusal] = []
    for entry in batch.entries:
        row = (batch.kind, entry.key, entry.version, entry.digest)
        if connection.execute(_REMEMBER, row).rowcount == 1:
            fresh.append(entry)
        elif _known_digest(connection, row) != entry.digest:
            conflicts.append(Refusal(entry.place, entry.key, entry.raw, [CONFLICT]))
    duplicates = len(batch.entries) - len(fresh) - len(conflicts)
    return fresh, Receipt(len(fresh), duplicates, conflicts)


def _known_digest(connection: sqlite3.Connection, row: tuple[str, str, int, bytes]) -> bytes:
    query = "SELECT hash FROM seen WHERE kind = ? AND id = ? AND version = ?"
    digest: bytes = connection.execute(query, row[:3]).fetchone()[0]
    return digest


def _append(connection: sqlite3.Connection, batch: Batch, fresh: list[Entry]) -> None:
    if not fresh:
        return
    [(next_seq,)] = connection.execute(
        "UPDATE state SET value = value + ? WHERE key = 'next_seq' RETURNING value",
        (len(fresh),),
    ).fetchall()
    body = b"\n".join(map(_line, fresh))
    connection.execute(
        "INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (next_seq - len(fresh), len(fresh), *_origin(batch), batch.is_backfill, body),
    )


def _line(entry: Entry) -> bytes:
    # Between tokens a line break means nothing, and within a text JSON does not allow one.
    record = entry.raw.translate(None, b"\r\n")
    extra = b"" if entry.extra is None else b'"extra":' + entry.extra + b","
    return b"{" + extra + b'"record":' + record + b"}"


def _quarantine(connection: sqlite3.Connection, batch: Batch, refusals: list[Refusal]) -> None:
    connection.executemany(
        "INSERT INTO quarantine VALUES (NULL, ?, ?, ?, ?, ?, ?)",
        [(*_origin(batch), refusal.raw, orjson.dumps(refusal.errors)) for refusal in refusals],
    )


def _origin(batch: Batch) -> tuple[str, str, str, str]:
    return batch.kind, batch.received_at, batch.request_id, batch.sender


def backlog(connection: sqlite3.Connection, max_bytes: int) -> Backlog:
    """Returns the rows of the plan that was cut off, else the oldest up to about `max_bytes`."""
    [(text,)] = connection.execute("SELECT value FROM state WHERE key = 'plan'").fetchall()
    plan = Plan(**json.loads(text)) if text else None
    last_seq = plan.upto if plan else 2**62
    rows: list[LogRow] = []
    query = "SELECT * FROM log WHERE first_seq <= ? ORDER BY first_seq"
    for row in map(LogRow._make, connection.execute(query, (last_seq,))):
        rows.append(row)
        max_bytes -= len(row.body)
        if max_bytes <= 0 and plan is None:
            return Backlog(rows, plan, True)
    return Backlog(rows, plan, plan is not None)


def fix_plan(connection: sqlite3.Connection, plan: Plan) -> None:
    """Fixes where a drain writes, so that doing it again writes to the same files."""
    text = json.dumps({"upto": plan.upto, "parts": plan.parts})
    connection.execute("UPDATE state SET value = ? WHERE key = 'plan'", (text,))


def trim(connection: sqlite3.Connection, upto: int) -> None:
    """Removes the log rows up to `upto`; to be called once their Parquet is on disk."""
    connection.execute("DELETE FROM log WHERE first_seq <= ?", (upto,))
    connection.execute("UPDATE state SET value = ? WHERE key = 'drained_seq'", (upto,))
    connection.execute("UPDATE state SET value = NULL WHERE key = 'plan'")


def counts(connection: sqlite3.Connection) -> dict[str, Any]:
    """Returns how far accepting and draining have come, and how many records are quarantined."""
    state = dict(connection.execute("SELECT key, value FROM state"))
    [(quarantined,)] = connection.execute("SELECT count(*) FROM quarantine").fetchall()
    return {
        "accepted_seq": state["next_seq"] - 1,
        "drained_seq": state["drained_seq"],
        "quarantined": quarantined,
    }
