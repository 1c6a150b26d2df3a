"""Remembers for seven days what was answered to an Idempotency-Key, so that a retry hears the same.

Records are known by their own keys for ever; this only keeps the answer to a whole request.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from core.errors import BadInput
from ingest import tables
from ingest.advice import CONFLICT
from ingest.batches import Batch, Receipt
from ingest.records import Refusal

Outcome = Receipt | BadInput
_FIND = "SELECT digest, outcome FROM answers WHERE sender = ? AND key = ?"
_OTHER_BODY = "This Idempotency-Key came with another body. Use a new key for each request."


def store_once(connection: sqlite3.Connection, batches: list[Batch]) -> Sequence[Outcome]:
    """Returns what became of each batch, or what was answered before to its Idempotency-Key.

    The transaction must have just begun, as for `tables.store`.
    """
    keys = [(batch.sender, batch.idempotency_key) for batch in batches if batch.idempotency_key]
    if not keys:
        return tables.store(connection, batches)
    if len(set(keys)) < len(keys):  # the second of two must hear what the first is told
        return [_store_one(connection, batch) for batch in batches]
    found = [_find(connection, batch) for batch in batches]
    fresh = [batch for batch, answer in zip(batches, found, strict=True) if answer is None]
    receipts = tables.store(connection, fresh)
    for batch, receipt in zip(fresh, receipts, strict=True):
        _keep(connection, batch, receipt)
    rest = iter(receipts)
    return [answer or next(rest) for answer in found]


def _store_one(connection: sqlite3.Connection, batch: Batch) -> Outcome:
    if answer := _find(connection, batch):
        return answer
    receipt = tables.store_carefully(connection, batch)
    _keep(connection, batch, receipt)
    return receipt


def _find(connection: sqlite3.Connection, batch: Batch) -> Outcome | None:
    row = connection.execute(_FIND, (batch.sender, batch.idempotency_key)).fetchone()
    if row is None:
        return None
    digest, outcome = row
    if digest != batch.body_digest:
        return BadInput(_OTHER_BODY)
    accepted, duplicates, places = json.loads(outcome)
    conflicts = [
        Refusal(entry.place, entry.key, entry.raw, [CONFLICT])
        for entry in batch.entries
        if entry.place in places
    ]
    return Receipt(accepted, duplicates, conflicts, is_replayed=True)


def _keep(connection: sqlite3.Connection, batch: Batch, receipt: Receipt) -> None:
    if batch.idempotency_key and not batch.is_dry_run:
        places = [conflict.place for conflict in receipt.conflicts]
        outcome = json.dumps([receipt.accepted, receipt.duplicates, places])
        key = (batch.sender, batch.idempotency_key, batch.body_digest)
        row = (*key, batch.received_at, outcome)
        connection.execute("INSERT INTO answers VALUES (?, ?, ?, ?, ?)", row)
