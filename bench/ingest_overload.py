"""Four times what the door can take, for 30 seconds: is anything lost, how does it say no, memory.

Capacity is measured first, by a closed loop on the same process. Then four times that is offered
on a timetable over 512 connections, one request under way on each, so at most 512 wait at the door.
Single sessions never fill its queue of 8,000 records: they wait their turn, and what finds no idle
connection is counted as not sent. Batches of 100 do fill it, and so show the 503s. At the end the
process gets a SIGTERM, a new one drains what was left, and every id with a 202 must be in the lake
once.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import uvloop

from bench.door import DoorProcess, door
from bench.http_load import send_all
from bench.open_loop import Offered, offer, request_maker
from bench.report import percentile, tell
from bench.system import wait_until
from core.lake import SESSIONS

SECONDS, TIMES, CONNECTIONS = 30, 4, 512
CAPACITY_SECONDS, CAPACITY_CONNECTIONS, MOST = 6, 64, 1_000_000
SIZES = {"single": 1, "batch_of_100": 100}
_LOOK_SECONDS = 0.2
_FOUND = """
    SELECT split_part(session_id, '-', 2)::INTEGER, count(*), count(DISTINCT session_id)
    FROM read_parquet(?, hive_partitioning = false) GROUP BY ALL
"""


@dataclass
class Run:
    """What happened: requests a second that it can take, the answers, memory in MB, seconds."""

    records: int
    capacity: float = 0.0
    offered: Offered = field(default_factory=Offered)
    alone: list[float] = field(default_factory=list)
    accepted: set[int] = field(default_factory=set)
    memory: list[float] = field(default_factory=list)
    resident: float = 0.0
    stop_seconds: float = 0.0
    drain_seconds: float = 0.0


def overload(folder: Path, records: int) -> Run:
    """Returns how the door stood it; `folder` then holds a lake with all that it accepted."""
    run = Run(records)
    with door(folder) as process:
        make = request_maker(process.token(), records)
        measure_capacity(run, process, make)
        rate = run.capacity * TIMES
        first = len(run.accepted)
        numbers = range(first, first + int(rate * SECONDS))
        with noting_memory(run, process):
            run.offered = uvloop.run(offer(process.port, make, numbers, rate, CONNECTIONS))
        run.accepted |= run.offered.accepted_at.keys()
        run.resident = process.most_memory_mb()
        run.stop_seconds = process.stop()
    with door(folder) as process:
        started = time.monotonic()
        wait_until(process.is_drained, 600, "all that was accepted drained")
        run.drain_seconds = time.monotonic() - started
    return run


def measure_capacity(run: Run, process: DoorProcess, make: Callable[[int], bytes]) -> None:
    """Fills in the rate of a closed loop, and what it accepted: all that it sent."""
    deadline = time.monotonic() + CAPACITY_SECONDS

    def until_the_deadline() -> Iterator[bytes]:
        while time.monotonic() < deadline:
            number = len(run.accepted)
            run.accepted.add(number)
            yield make(number)

    answers = asyncio.run(send_all(process.port, until_the_deadline(), CAPACITY_CONNECTIONS))
    assert answers.statuses == {202: len(run.accepted)}, answers.statuses
    run.capacity = len(run.accepted) / CAPACITY_SECONDS
    run.alone = answers.seconds


@contextmanager
def noting_memory(run: Run, process: DoorProcess) -> Iterator[None]:
    stopped = threading.Event()

    def look() -> None:
        while not stopped.wait(_LOOK_SECONDS):
            run.memory.append(process.memory_mb())

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def compare_with_lake(run: Run, lake_dir: Path) -> tuple[int, int]:
    """Returns how many sessions with a 202 are not in the lake, and how many are in it again."""
    files = str(SESSIONS.folder(lake_dir) / "*" / "part-*.parquet")
    with duckdb.connect() as connection:
        found = {
            number: (rows, ids)
            for number, rows, ids in connection.execute(_FOUND, [files]).fetchall()
        }
    lost = sum(run.records - found.get(number, (0, 0))[1] for number in run.accepted)
    return lost, sum(rows - ids for rows, ids in found.values())


def report(name: str, run: Run, lost: int, again: int) -> None:
    offered, wait = run.offered, percentile(run.offered.waits, 0.99)
    facts = {
        "capacity_per_s": round(run.capacity),
        "sent_per_s": round(offered.sent / SECONDS),
        "not_sent_per_s": round(offered.not_sent / SECONDS),
        "accepted_per_s": round(offered.statuses[202] / SECONDS),
        "statuses": dict(offered.statuses),
        "unanswered": offered.unanswered,
    }
    accepted = len(run.accepted) * run.records
    tell(
        f"overload_{name}_times", offered.sent / SECONDS / run.capacity, "x capacity", "-", **facts
    )
    tell(f"overload_{name}_lost", lost, "sessions", "0", accepted=accepted, twice_in_lake=again)
    other = sum(n for status, n in offered.statuses.items() if status not in (202, 503))
    tell(f"overload_{name}_other_than_202_and_503", other, "answers", "0")
    tell(f"overload_{name}_503_without_retry_after", offered.without_retry_after, "answers", "0")
    tell(f"overload_{name}_accepted_p99", wait, "s", "-", alone_s=percentile(run.alone, 0.99))
    peak = {"resident_mb": round(run.resident), "before_mb": round(run.memory[0])}
    tell(f"overload_{name}_memory", max(run.memory), "MB", "<= 250", **peak)
    facts = {"stop_s": round(run.stop_seconds, 1)}
    tell(f"overload_{name}_drained_after_restart", run.drain_seconds, "s", "-", **facts)


def main() -> None:
    os.sched_setaffinity(0, {1})
    for name, records in SIZES.items():
        with tempfile.TemporaryDirectory() as folder:
            run = overload(Path(folder), records)
            report(name, run, *compare_with_lake(run, Path(folder) / "lake"))


if __name__ == "__main__":
    main()
