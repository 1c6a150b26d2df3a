"""Drains the journal into the lake: plan, merge, watermark, and only then trim.

Wherever a drain is cut off, the next one reads the same plan, merges the same records into the
same files, where they are known already, and goes on.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import groupby, starmap
from pathlib import Path

import orjson

from core.lake import write_durably
from ingest import tables
from ingest.journal import Journal
from ingest.merge import Merger, Unreadable
from ingest.records import KINDS, Kind
from ingest.tables import Damaged, LogRow, Plan

_log = logging.getLogger(__name__)
_BYTES_A_DRAIN = 12 * 2**20
_REST = 3  # a drain may take a quarter of the time while nothing is left behind
_LONGEST_REST = 1.5  # seconds; after a large drain the next record should not wait long


class Drain:
    """The one task that writes the lake. `seconds` is the shortest pause when caught up."""

    def __init__(
        self,
        journal: Journal,
        merger: Merger,
        lake_dir: Path,
        seconds: float,
        max_bytes: int = _BYTES_A_DRAIN,
    ) -> None:
        self.is_failing = False
        self._journal = journal
        self._merger = merger
        self._lake_dir = lake_dir
        self._seconds = seconds
        self._max_bytes = max_bytes
        self._is_stopped = asyncio.Event()

    async def run(self) -> None:
        """Drains until stopped; a failed drain is done again, from its plan."""
        while not self._is_stopped.is_set():
            started = time.monotonic()
            if not await self._try_once():
                rest = min(_REST * (time.monotonic() - started), _LONGEST_REST)
                await self._pause(max(self._seconds, rest))

    def stop(self) -> None:
        """Lets `run` end after the drain that is under way."""
        self._is_stopped.set()

    async def drain_for(self, seconds: float) -> None:
        """Drains until nothing waits; begins no new drain after `seconds`."""
        deadline = time.monotonic() + seconds
        while await self._try_once() and time.monotonic() < deadline:
            pass

    async def drain_once(self) -> bool:
        """Returns whether more waits after moving the oldest records to the lake."""
        waiting = await self._journal.run(partial(tables.backlog, max_bytes=self._max_bytes))
        if waiting.rows:
            plan = waiting.plan or await self._fix_plan(waiting.rows)
            await asyncio.to_thread(self._move, waiting.rows, plan)
            await self._journal.run(partial(tables.trim, upto=plan.upto))
            records = sum(row.n for row in waiting.rows)
            _log.info("drained", extra={"records": records, "upto": plan.upto})
        return waiting.has_more

    async def _try_once(self) -> bool:
        try:
            has_more = await self.drain_once()
        except Exception as error:
            # Messages of DuckDB may hold values, so the log gets the name of the error only.
            todo = "run: workbench lake repair" if isinstance(error, Damaged) else "is done again"
            _log.error("drain failed", extra={"error": type(error).__name__, "todo": todo})
            self.is_failing = True
            return False
        self.is_failing = False
        return has_more

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._is_stopped.wait(), seconds)

    async def _fix_plan(self, rows: list[LogRow]) -> Plan:
        parts = await asyncio.to_thread(self._choose_parts, rows)
        plan = Plan(rows[-1].last_seq, parts)
        await self._journal.run(partial(tables.fix_plan, plan=plan))
        return plan

    def _choose_parts(self, rows: list[LogRow]) -> dict[str, str]:
        return {
            f"{dataset.name}/{day}": self._merger.choose_part(dataset, day)
            for kind, day in {_folder(row) for row in rows}
            for dataset in KINDS[kind].datasets
        }

    def _move(self, rows: list[LogRow], plan: Plan) -> None:
        for (kind_name, day), group in groupby(sorted(rows, key=_folder), key=_folder):
            kind = KINDS[kind_name]
            self._stage(kind, list(group))
            for dataset in kind.datasets:
                self._merger.merge(dataset, day, plan.parts[f"{dataset.name}/{day}"])
        watermark = {"ingest_seq": plan.upto, "received_at": rows[-1].received_at}
        write_durably(self._lake_dir / "watermark.json", json.dumps(watermark).encode())

    def _stage(self, kind: Kind, rows: list[LogRow]) -> None:
        try:
            self._merger.stage(kind, starmap(_envelope, _numbered(rows)))
        except Unreadable:
            plain = ((seq, _normalised(kind, line)) for seq, line in _numbered(rows))
            self._merger.stage(kind, starmap(_envelope, plain))


def _folder(row: LogRow) -> tuple[str, str]:
    return row.kind, row.received_at[:10]


def _numbered(rows: list[LogRow]) -> Iterator[tuple[int, bytes]]:
    return (item for row in rows for item in enumerate(row.lines(), row.first_seq))


def _envelope(seq: int, line: bytes) -> bytes:
    return b'{"ingest_seq":%d,%b\n' % (seq, line[1:])


def _normalised(kind: Kind, line: bytes) -> bytes:
    fields = orjson.loads(line)
    record = orjson.Fragment(kind.normalise(orjson.dumps(fields["record"])))
    return orjson.dumps(fields | {"record": record})
