"""How long a session takes from its 202 into Parquet, at a steady 100 sessions a second.

A session is there when a reader that waits for the watermark, as the runner does, has read its row
from the Parquet files with DuckDB. So the time of that look is part of it: up to 10 ms, and the
query. The first day is empty, the second has 100,000 sessions already, which each drain must merge.
Some seconds at the same rate come first: after the large drains that filled the day, the pause
before the next one is long.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import uvloop

from bench.door import DoorProcess, door
from bench.http_load import send_all
from bench.open_loop import Offered, offer, request_maker
from bench.report import percentile, tell
from bench.system import wait_until
from core.lake import SESSIONS, Watermark, read_watermark

RATE, WARM_UP_SECONDS, SECONDS, CONNECTIONS = 100, 6, 45, 512
DAY, BATCH = 100_000, 1_000
_LOOK_SECONDS = 0.01
_QUERY = "SELECT session_id FROM read_parquet(?, hive_partitioning = false) WHERE ingest_seq > ?"


class Watcher:
    """Notes when each session was read from Parquet, by the number in its id (monotonic)."""

    def __init__(self, lake_dir: Path) -> None:
        self.seen: dict[int, float] = {}
        self._lake_dir = lake_dir
        self._is_stopped = threading.Event()

    @contextmanager
    def watching(self) -> Iterator[None]:
        thread = threading.Thread(target=self._watch, args=(read_watermark(self._lake_dir),))
        thread.start()
        try:
            yield
        finally:
            self._is_stopped.set()
            thread.join()

    def _watch(self, last: Watermark) -> None:
        files = str(SESSIONS.folder(self._lake_dir) / "*" / "part-*.parquet")
        connection = duckdb.connect(config={"threads": 1})
        connection.execute("SET enable_external_file_cache = false")
        while not self._is_stopped.wait(_LOOK_SECONDS):
            if (newest := read_watermark(self._lake_dir)) != last:
                rows = connection.execute(_QUERY, [files, last.ingest_seq]).fetchall()
                now = time.monotonic()
                for (session_id,) in rows:
                    self.seen.setdefault(int(session_id[2:11]), now)
                last = newest


def offer_and_watch(process: DoorProcess, first: int, seconds: int) -> tuple[Offered, list[float]]:
    """Returns the answers, and the seconds from each 202 to the look that found the session."""
    watcher = Watcher(process.settings.lake_dir)
    make = request_maker(process.token(), 1)
    numbers = range(first, first + RATE * seconds)
    with watcher.watching():
        offered = uvloop.run(offer(process.port, make, numbers, RATE, CONNECTIONS))
        wait_until(lambda: offered.accepted_at.keys() <= watcher.seen.keys(), 60, "all in Parquet")
    lags = [watcher.seen[number] - at for number, at in offered.accepted_at.items()]
    return offered, lags


def measure(process: DoorProcess, name: str, first: int) -> None:
    offer_and_watch(process, first, WARM_UP_SECONDS)
    before = process.cpu_seconds()
    offered, lags = offer_and_watch(process, first + RATE * WARM_UP_SECONDS, SECONDS)
    cpu = process.cpu_seconds() - before
    assert offered.statuses == {202: RATE * SECONDS}, offered.statuses
    facts = {
        "p50_s": round(percentile(lags, 0.5), 3),
        "most_s": round(max(lags), 3),
        "answer_p99_ms": round(percentile(offered.waits, 0.99) * 1e3, 1),
        "share_of_core": round(cpu / SECONDS, 3),
    }
    tell(f"lag_p99_{name}", percentile(lags, 0.99), "s", "<= 2", sessions=len(lags), **facts)


def fill_day(process: DoorProcess, first: int) -> None:
    make = request_maker(process.token(), BATCH)
    requests = (make(number) for number in range(first, first + DAY // BATCH))
    answers = asyncio.run(send_all(process.port, requests, 2))
    assert answers.statuses == {202: DAY // BATCH}, answers.statuses
    wait_until(process.is_drained, 120, "the day drained")


def main() -> None:
    os.sched_setaffinity(0, {1})
    with tempfile.TemporaryDirectory() as folder, door(Path(folder)) as process:
        measure(process, "empty_day", 0)
        fill_day(process, 10_000_000)
        measure(process, "day_of_100k", 20_000_000)


if __name__ == "__main__":
    main()
