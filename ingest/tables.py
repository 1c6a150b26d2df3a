"""The journal's tables and what is done to them, each within the caller's transaction.

`seen` remembers for ever which records are stored; `log` holds those that are not in Parquet yet,
one row per commit, kind and day; `quarantine` holds those that were refused.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

import orjson
from zstandard import ZstdCompressor, ZstdError, decompress, frame_content_size

from ingest.advice import CONFLICT
from ingest.batches import Batch, Receipt
from ingest.records import DIGEST_LENGTH, Entry, Refusal

FORMAT = 3  # raised when what follows changes
SCHEMA = f"""
    PRAGMA user_version = {FORMAT};
    CREATE TABLE IF NOT EXISTS seen (key TEXT PRIMARY KEY, hash TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS log (
        first_seq INTEGER PRIMARY KEY, n INTEGER NOT NULL, kind TEXT NOT NULL,
        received_at TEXT NOT NULL, size INTEGER NOT NULL, packed BLOB NOT NULL
    );
    CREATE TABLE IF NOT EXISTS quarantine (
        id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, received_at TEXT NOT NULL,
        request_id TEXT NOT NULL, sender TEXT NOT NULL, is_backfill INTEGER NOT NULL,
        raw BLOB NOT NULL, errors TEXT NOT NULL
    );
    CREATE TABLE IF NOT EXISTS answers (
        sender TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, received_at TEXT NOT NULL,
        outcome TEXT NOT NULL, PRIMARY KEY (sender, key)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS answers_received_at ON answers (received_at);
    CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
    INSERT OR IGNORE INTO state VALUES ('drained_seq', 0), ('plan', NULL);
"""
_REMEMBER = "INSERT OR IGNORE INTO seen VALUES (?, ?)"
# what is written is what costs, and records of one batch are much alike
_COMPRESSOR = ZstdCompressor(level=1, write_checksum=True)
# One statement for all rows: Python's lock is given up and taken again for each one.
_REMEMBER_ALL = f"""
    INSERT OR IGNORE INTO seen
    SELECT substr(value, {DIGEST_LENGTH + 1}), substr(value, 1, {DIGEST_LENGTH}) FROM json_each(?)
"""
_NEXT_SEQ = """
    coalesce(
        (SELECT first_seq + n FROM log ORDER BY first_seq DESC LIMIT 1),
        (SELECT value + 1 FROM state WHERE key = 'drained_seq')
    )
"""


class Damaged(Exception):
    """A row of the log is not what was written; `workbench lake repair` sets it aside."""


class LogRow(NamedTuple):
    """Accepted records of one kind and landing day: `size` bytes, compressed, with a checksum."""

    first_seq: int
    n: int
    kind: str
    received_at: str
    size: int
    packed: bytes

    @property
    def last_seq(self) -> int:
        return self.first_seq + self.n - 1

    def lines(self) -> list[bytes]:
        """Returns the records, each a line of JSON with where it came from.

        Raises:
            Damaged: the checksum is wrong. SQLite has none of its own.
        """
        try:
            if frame_content_size(self.packed) == self.size:
                return decompress(self.packed).split(b"\n")
        except ZstdError:
            pass
        raise Damaged


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


def store(connection: sqlite3.Connection, batches: list[Batch]) -> list[Receipt]:
    """Returns what became of each batch; a dry run or a refused strict batch leaves no trace.

    The transaction must have just begun: it is begun again when not all records are new.
    """
    if all(batch.is_plain for batch in batches):
        if _remember_all(connection, batches):
            _append(connection, [(batch, batch.entries) for batch in batches])
            return [Receipt(len(batch.entries)) for batch in batches]
        connection.execute("ROLLBACK")
        connection.execute("BEGIN IMMEDIATE")
    return [store_carefully(connection, batch) for batch in batches]


def _remember_all(connection: sqlite3.Connection, batches: list[Batch]) -> bool:
    rows = [entry.digest + batch.seen_key(entry) for batch in batches for entry in batch.entries]
    before = connection.total_changes
    connection.execute(_REMEMBER_ALL, (orjson.dumps(rows).decode(),))
    return connection.total_changes - before == len(rows)


def store_carefully(connection: sqlite3.Connection, batch: Batch) -> Receipt:
    """Returns what became of one batch, whatever is in it."""
    connection.execute("SAVEPOINT batch")
    fresh, receipt = _remember_each(connection, batch)
    is_refused = batch.is_strict and (batch.refusals or receipt.conflicts)
    if batch.is_dry_run or is_refused:
        connection.execute("ROLLBACK TO batch")
    else:
        _append(connection, [(batch, fresh)])
        _quarantine(connection, batch, [*batch.refusals, *receipt.conflicts])
    connection.execute("RELEASE batch")
    return receipt


def _remember_each(connection: sqlite3.Connection, batch: Batch) -> tuple[list[Entry], Receipt]:
    fresh: list[Entry] = []
    conflicts: list[Refusal] = []
    for entry in batch.entries:
        key = batch.seen_key(entry)
        if connection.execute(_REMEMBER, (key, entry.digest)).rowcount == 1:
            fresh.append(entry)
        elif _known_digest(connection, key) != entry.digest:
            conflicts.append(Refusal(entry.place, entry.key, entry.raw, [CONFLICT]))
    duplicates = len(batch.entries) - len(fresh) - len(conflicts)
    return fresh, Receipt(len(fresh), duplicates, conflicts)


def _known_digest(connection: sqlite3.Connection, key: str) -> str:
    digest: str = connection.execute("SELECT hash FROM seen WHERE key = ?", (key,)).fetchone()[0]
    return digest


def _append(connection: sqlite3.Connection, parts: list[tuple[Batch, list[Entry]]]) -> None:
    for (kind, _), same in groupby(parts, lambda part: (part[0].kind, part[0].received_at[:10])):
        group = list(same)
        if count := sum(len(entries) for _, entries in group):
            body = b"\n".join([batch.lines(entries) for batch, entries in group if entries])
            packed = _COMPRESSOR.compress(body)
            values = (count, kind, group[0][0].received_at, len(body), packed)
            connection.execute(f"INSERT INTO log SELECT {_NEXT_SEQ}, ?, ?, ?, ?, ?", values)


def _quarantine(connection: sqlite3.Connection, batch: Batch, refusals: list[Refusal]) -> None:
    origin = (batch.kind, batch.received_at, batch.request_id, batch.sender, batch.is_backfill)
    connection.executemany(
        "INSERT INTO quarantine VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)",
        [(*origin, refusal.raw, orjson.dumps(refusal.errors)) for refusal in refusals],
    )


def backlog(connection: sqlite3.Connection, max_bytes: int) -> Backlog:
    """Returns the rows of the plan that was cut off, else the oldest up to about `max_bytes`."""
    [(text,)] = connection.execute("SELECT value FROM state WHERE key = 'plan'").fetchall()
    plan = Plan(**json.loads(text)) if text else None
    last_seq = plan.upto if plan else 2**62
    rows: list[LogRow] = []
    for row in log_rows(connection, last_seq):
        rows.append(row)
        max_bytes -= row.size
        if max_bytes <= 0 and plan is None:
            return Backlog(rows, plan, True)
    return Backlog(rows, plan, plan is not None)


def log_rows(connection: sqlite3.Connection, upto: int = 2**62) -> Iterator[LogRow]:
    """Returns the rows that begin up to a number, oldest first."""
    # a flipped bit may have made text of the bytes, which could not even be fetched
    query = "SELECT first_seq, n, kind, received_at, size, CAST(packed AS BLOB) FROM log"
    rows = connection.execute(f"{query} WHERE first_seq <= ? ORDER BY first_seq", (upto,))
    return map(LogRow._make, rows)


def fix_plan(connection: sqlite3.Connection, plan: Plan) -> None:
    """Fixes where a drain writes, so that doing it again writes to the same files."""
    text = json.dumps({"upto": plan.upto, "parts": plan.parts})
    connection.execute("UPDATE state SET value = ? WHERE key = 'plan'", (text,))


def trim(connection: sqlite3.Connection, upto: int) -> None:
    """Removes the log rows up to `upto`; to be called once their Parquet is on disk."""
    connection.execute("DELETE FROM log WHERE first_seq <= ?", (upto,))
    connection.execute("UPDATE state SET value = ? WHERE key = 'drained_seq'", (upto,))
    connection.execute("UPDATE state SET value = NULL WHERE key = 'plan'")
    connection.execute("DELETE FROM answers WHERE received_at < datetime('now', '-7 days')")


def oldest_undrained(connection: sqlite3.Connection) -> str | None:
    """Returns when the oldest record came that is not in the lake yet."""
    query = "SELECT received_at FROM log ORDER BY first_seq LIMIT 1"
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def counts(connection: sqlite3.Connection) -> dict[str, Any]:
    """Returns how far accepting and draining have come, and how many records are quarantined."""
    query = f"""
        SELECT {_NEXT_SEQ} - 1, (SELECT value FROM state WHERE key = 'drained_seq'),
            (SELECT count(*) FROM quarantine)
    """
    names = ("accepted_seq", "drained_seq", "quarantined")
    return dict(zip(names, connection.execute(query).fetchone(), strict=True))
