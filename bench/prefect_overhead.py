"""What Prefect costs a micro-batch: a run's wall less what the work itself took.

A real server and an empty lake: what Prefect does is the same whatever the models hold.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from bench.report import percentile, tell
from cli.processes import prefect_environment, prefect_server
from cli.startup import give_prefect_a_database
from core import lake
from core.settings import Settings, child_environment, load_settings

RUNS = 30
WARM_UP = 5
PORT = 4299


def main() -> None:
    with TemporaryDirectory() as folder:
        settings = load_settings(data_dir=Path(folder), prefect_port=PORT)
        lake.ensure(settings.lake_dir)
        with _prefect(settings) as environment:
            said = subprocess.run(
                [sys.executable, "-m", "bench.prefect_overhead", "runs"],
                env=environment,
                check=True,
                stdout=subprocess.PIPE,
            ).stdout
        figures: dict[str, list[float]] = json.loads(said.splitlines()[-1])
        size = _database_bytes(settings)
    overhead, slot = figures["overhead"], figures["slot"]
    tell("prefect_overhead_p50", 1_000 * percentile(overhead, 0.5), "ms", "<= 250", runs=RUNS)
    tell("prefect_overhead_p95", 1_000 * percentile(overhead, 0.95), "ms", "-", runs=RUNS)
    cpu = 1_000 * percentile(figures["cpu"], 0.5)
    tell("prefect_overhead_cpu_p50", cpu, "ms of the runner's CPU", "-", runs=RUNS)
    tell("dbt_writer_slot_p50", 1_000 * percentile(slot, 0.5), "ms", "-", runs=RUNS)
    per_run = (size - figures["bytes_before"][0]) / RUNS
    tell("prefect_database_per_run", per_run / 1_000, "kB", "-", runs=RUNS)


@contextmanager
def _prefect(settings: Settings) -> Iterator[dict[str, str]]:
    give_prefect_a_database(settings.prefect_home)
    server = prefect_server(settings, {})
    environment = child_environment(settings, prefect_environment(settings))
    running = subprocess.Popen(server.command, env=environment)
    try:
        while not server.is_ready():
            time.sleep(0.3)
        yield environment
    finally:
        running.terminate()
        running.wait(timeout=20)


def _database_bytes(settings: Settings) -> float:
    with closing(sqlite3.connect(settings.prefect_home / "prefect.db")) as database:
        pages, size = (
            database.execute(f"pragma {name}").fetchone()[0] for name in ("page_count", "page_size")
        )
    return float(pages * size)


async def _measure() -> dict[str, list[float]]:
    from flows.refresh import refresh
    from flows.writer import sole_writer

    settings = load_settings()
    for number in range(WARM_UP):
        await refresh(ingest_seq=number)
    before = _database_bytes(settings)
    overhead, cpu, slot = [], [], []
    for number in range(RUNS):
        watch = _Stopwatch()
        started, busy = time.monotonic(), time.process_time()
        with watch.on_the_work():
            await refresh(ingest_seq=WARM_UP + number)
        overhead.append(time.monotonic() - started - watch.seconds)
        cpu.append(time.process_time() - busy - watch.cpu_seconds)
    for _ in range(RUNS):
        started = time.monotonic()
        async with sole_writer(settings.warehouse_path):
            pass
        slot.append(time.monotonic() - started)
    return {"overhead": overhead, "cpu": cpu, "slot": slot, "bytes_before": [before]}


class _Stopwatch:
    """Adds up what the work takes that a run is made for: wall and CPU seconds of the process."""

    def __init__(self) -> None:
        self.seconds = self.cpu_seconds = 0.0

    @contextmanager
    def on_the_work(self) -> Iterator[None]:
        import flows.refresh as room
        from flows.build import WarehouseBuilder

        work: list[tuple[Any, str]] = [
            (WarehouseBuilder, "build"),
            (room, "publish_marts"),
            (room, "send_letters"),
            (room, "changes_between"),
        ]
        patches = [
            patch.object(owner, name, self._timed(getattr(owner, name))) for owner, name in work
        ]
        for one in patches:
            one.start()
        try:
            yield
        finally:
            for one in patches:
                one.stop()

    def _timed(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **named: Any) -> Any:
            started, busy = time.monotonic(), time.process_time()
            try:
                return work(*arguments, **named)
            finally:
                self.seconds += time.monotonic() - started
                self.cpu_seconds += time.process_time() - busy

        return timed


if __name__ == "__main__":
    if sys.argv[1:] == ["runs"]:
        sys.stdout.write(json.dumps(asyncio.run(_measure())) + "\n")
    else:
        main()
