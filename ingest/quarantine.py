"""What was refused: look at it, take it out, try it again. Each function within a transaction."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

import orjson

from core.errors import NotFound
from ingest import tables
from ingest.batches import Batch
from ingest.records import KINDS, check_records

MOST_AT_ONCE = 1_000
_COLUMNS = "id, kind, received_at, request_id, sender, is_backfill, errors"


@dataclass(frozen=True)
class Replay:
    """What became of refused records that were tried again. To go on, ask again with `upto`."""

    accepted: int
    duplicates: int
    rejected: int
    upto: int
    has_more: bool


def list_refused(connection: sqlite3.Connection, limit: int, after: int) -> list[dict[str, Any]]:
    """Returns refused records with an id above `after`, oldest first, without what they say."""
    query = f"SELECT {_COLUMNS} FROM quarantine WHERE id > ? ORDER BY id LIMIT ?"
    return [_shown(row) for row in connection.execute(query, (after, limit))]


def read_refused(connection: sqlite3.Connection, record_id: int) -> bytes:
    """Returns the bytes of a refused record, as they were sent.

    Raises:
        NotFound: nothing with this id is in quarantine.
    """
    query = "SELECT raw FROM quarantine WHERE id = ?"
    if (row := connection.execute(query, (record_id,)).fetchone()) is None:
        raise NotFound("Nothing with this id is in quarantine. It may have been tried again.")
    raw: bytes = row[0]
    return raw


def replay(
    connection: sqlite3.Connection, upto: int | None, received_at: str, request_id: str
) -> Replay:
    """Returns what became of up to 1,000 refused records with an id up to `upto`, by default all.

    What passes now is stored as if it came now, and leaves the quarantine; what does not pass stays
    under a new id, with the reasons of today.
    """
    if upto is None:
        [(upto,)] = connection.execute("SELECT coalesce(max(id), 0) FROM quarantine").fetchall()
    query = "SELECT * FROM quarantine WHERE id <= ? ORDER BY id LIMIT ?"
    rows = connection.execute(query, (upto, MOST_AT_ONCE + 1)).fetchall()
    accepted = duplicates = rejected = 0
    for record_id, kind, _, _, sender, is_backfill, raw, _ in rows[:MOST_AT_ONCE]:
        entries, refusals = check_records(KINDS[kind], [raw])
        batch = Batch(kind, entries, refusals, request_id, sender, received_at, bool(is_backfill))
        receipt = tables.store_carefully(connection, batch)
        connection.execute("DELETE FROM quarantine WHERE id = ?", (record_id,))
        accepted += receipt.accepted
        duplicates += receipt.duplicates
        rejected += len(refusals) + len(receipt.conflicts)
    return Replay(accepted, duplicates, rejected, upto, len(rows) > MOST_AT_ONCE)


def _shown(row: tuple[Any, ...]) -> dict[str, Any]:
    names = _COLUMNS.split(", ")
    shown = dict(zip(names, row, strict=True))
    return shown | {
        "is_backfill": bool(shown["is_backfill"]),
        "errors": orjson.loads(shown["errors"]),
    }
