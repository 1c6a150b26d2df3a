"""What ten million known ids cost the door: time of a commit, and memory, beside a new journal.

The known ids are written by SQLite itself into the journal's own table. UUIDv4 come in fifths, each
sorted: that takes a minute instead of many, and still every later fifth falls between the earlier
ones all over the table and splits its pages, as ids at random do. The ids that are measured then
come in no order. All of it lies in the page cache of the operating system, as on a machine with a
gigabyte to spare. A commit holds 100 sessions. The full and the empty journal take turns; the log
of both, and all of the empty one, is emptied before each turn. The median leaves out the commits
that wait for a checkpoint; the mean CPU has them in.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, median
from typing import Any
from uuid import uuid4

from bench.door import door
from bench.http_load import request_of, send_all
from bench.ingest import session_line
from bench.report import percentile, tell
from ingest.batches import Batch
from ingest.journal import Journal
from ingest.records import KINDS, check_records

KNOWN, FIFTH = 10_000_000, 2_000_000
ROUNDS, COMMITS, GROUP = 6, 100, 100  # the first round warms up
MEMORY_TURNS, POSTS, POST_RECORDS = 3, 2_000, 10
_ORDERED = "printf('s0193f6a2-7c1d-7000-9d55-%012x', n)"
_RANDOM = """
    printf('s%08x-%04x-4%03x-a%03x-%012x', random() & 0xffffffff, random() & 0xffff,
        random() & 0xfff, random() & 0xfff, random() & 0xffffffffffff)
"""
_FILL = """
    WITH RECURSIVE numbers (n) AS (SELECT ?1 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ?2)
    INSERT INTO seen SELECT {key}, printf('%016x%016x', random(), random()) FROM numbers ORDER BY 1
"""
_FILL_FAST = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -2000000;"


def random_line() -> bytes:
    """Returns a session of usual size whose id is a UUIDv4."""
    line = session_line()
    return line[:15] + str(uuid4()).encode() + line[51:]


@dataclass(frozen=True)
class Ids:
    """A way to make ids: in SQL for those that are known, in Python for those that come."""

    name: str
    known: str
    line: Callable[[], bytes]
    goal: str


IDS = [
    Ids("ordered", _ORDERED, session_line, "<= 1.2"),
    Ids("uuid4", _RANDOM, random_line, "<= 2"),
]


@dataclass
class Timed:
    """A journal that notes how long each commit took, and its thread's CPU, in seconds."""

    path: Path
    waits: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._thread_time = 0.0
        self.journal = Journal(self.path, 10**9, lambda: None, self._note)

    def take_turn(self, groups: list[Batch], tables: list[str]) -> None:
        """Empties the tables, then commits one group after the other."""

        async def commit_all() -> None:
            await self.journal.run(lambda file: [file.execute(f"DELETE FROM {t}") for t in tables])
            for group in groups:
                assert (await self.journal.append(group)).accepted == GROUP

        asyncio.run(commit_all())

    def forget(self) -> None:
        self.waits.clear()
        self.cpu.clear()

    def _note(self, batches: list[Batch], _: Any, started: float) -> None:
        before, self._thread_time = self._thread_time, time.thread_time()
        if batches:
            self.waits.append(time.perf_counter() - started)
            self.cpu.append(self._thread_time - before)


def new_journal(folder: Path) -> Path:
    """Returns the path of a journal without records, in the data folder `folder`."""
    path = folder / "journal" / "journal.sqlite"
    path.parent.mkdir(parents=True)
    Journal(path, 1, lambda: None).close()
    return path


def full_journal(folder: Path, ids: Ids) -> Path:
    """Returns the path of a journal that knows ten million ids, in the data folder `folder`."""
    path = new_journal(folder)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(_FILL_FAST)
        for start in range(0, KNOWN, FIFTH):
            connection.execute(_FILL.format(key=ids.known), (start, start + FIFTH))
        connection.execute("PRAGMA journal_mode = WAL")
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return path


def groups_of(line: Callable[[], bytes]) -> list[Batch]:
    """Returns the sessions of one round, checked as the door checks them."""
    kind, moment = KINDS["sessions"], "2026-11-22T16:00:00.000000+00:00"
    records = [check_records(kind, [line() for _ in range(GROUP)])[0] for _ in range(COMMITS)]
    return [Batch("sessions", entries, [], "bench", "bench", moment) for entries in records]


def measure_commits(ids: Ids, full: Timed, empty: Timed) -> None:
    for number in range(ROUNDS):
        full.take_turn(groups_of(ids.line), ["log"])
        empty.take_turn(groups_of(ids.line), ["log", "seen"])
        if number == 0:
            full.forget()
            empty.forget()
    for timed in (full, empty):
        timed.journal.close()
    ratio = median(full.waits) / median(empty.waits)
    facts = {"full_ms": _milliseconds(full.waits), "empty_ms": _milliseconds(empty.waits)}
    tell(f"commit_p50_10m_{ids.name}", ratio, "x empty", ids.goal, **facts)
    cpu = [fmean(timed.cpu) for timed in (full, empty)]
    milliseconds = [round(seconds * 1e3, 3) for seconds in cpu]
    tell(f"commit_cpu_10m_{ids.name}", cpu[0] / cpu[1], "x empty", "-", full_empty_ms=milliseconds)


def _milliseconds(waits: list[float]) -> dict[str, float]:
    values = {"p50": median(waits), "p99": percentile(waits, 0.99), "mean": fmean(waits)}
    return {name: round(value * 1e3, 3) for name, value in values.items()}


def memory_after_posts(folder: Path, ids: Ids) -> float:
    """Returns the megabytes of the real process on this folder that accepted 2,000 requests."""
    with door(folder) as process:
        token = process.token()
        bodies = (b"\n".join(ids.line() for _ in range(POST_RECORDS)) for _ in range(POSTS))
        requests = [
            request_of("/v1/sessions", body, token, "application/x-ndjson") for body in bodies
        ]
        answers = asyncio.run(send_all(process.port, iter(requests), 16))
        assert answers.statuses == {202: POSTS}, answers.statuses
        return round(process.memory_mb(), 1)


def measure_memory(ids: Ids, full: Path, empty: Path) -> None:
    turns = [[memory_after_posts(f, ids) for f in (full, empty)] for _ in range(MEMORY_TURNS)]
    more = median(full_mb - empty_mb for full_mb, empty_mb in turns)
    tell(f"memory_10m_{ids.name}", more, "MB more", "<= 100", full_empty_mb=turns)


def main() -> None:
    os.sched_setaffinity(0, {1})
    for ids in IDS:
        with tempfile.TemporaryDirectory() as name:
            full, empty = Path(name, "full"), Path(name, "empty")
            timed = Timed(full_journal(full, ids)), Timed(new_journal(empty))
            measure_commits(ids, *timed)
            measure_memory(ids, full, empty)


if __name__ == "__main__":
    main()
