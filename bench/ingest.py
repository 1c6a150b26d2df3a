"""What durability costs at the door: CPU a request beside the same handler without it, and bare.

Server and client are pinned to different cores; CPU comes from the operating system. The variants
take turns, so that a machine whose speed drifts does them all the same wrong.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import orjson
import psutil

from bench.http_load import Answers, request_of, send_all
from bench.report import percentile, tell
from bench.system import free_port, is_open, wait_until
from cli.processes import local_token
from core.contract import Session
from core.settings import load_settings, without_settings

ROUNDS = 5
SINGLES, BATCHES, BATCH = 6_000, 150, 100
SERVERS = {
    "durable": ["-m", "ingest.app"],
    "none": ["-m", "bench.ingest_server", "none"],
    "bare": ["-m", "bench.ingest_server", "bare"],
}
_NUMBERS = itertools.count()


def session_line() -> bytes:
    """Returns a session of usual size (about 560 bytes), with an id that grows as UUIDv7 does."""
    number = next(_NUMBERS)
    start = datetime(2026, 11, 22, 16, tzinfo=UTC) + timedelta(minutes=number % 10_000)
    session = {
        "session_id": f"0193f6a2-7c1e-7{number >> 48 & 0xFFF:03x}-9d55-{number:012x}",
        "version": 1,
        "tutor_id": f"tutor-{number % 5_000}",
        "student_id": f"student-{number % 50_000}",
        "status": "completed",
        "scheduled_start": start.isoformat(),
        "scheduled_end": (start + timedelta(hours=1)).isoformat(),
        "tutor_joined_at": start.isoformat(),
        "tutor_left_at": (start + timedelta(minutes=58)).isoformat(),
        "student_joined_at": (start + timedelta(minutes=1)).isoformat(),
        "student_left_at": (start + timedelta(minutes=58)).isoformat(),
        "booked_at": (start - timedelta(days=3)).isoformat(),
        "subject": "algebra",
        "grade_level": "9",
        "time_zone": "America/Chicago",
        "is_first_session": False,
        "student_rating": 5,
        "technical_issue": False,
    }
    return orjson.dumps(session)


@dataclass
class Server:
    """One variant that runs, and what each of its requests took: CPU and waiting, in seconds."""

    port: int
    token: str
    process: psutil.Process
    cpu: dict[str, list[float]] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)

    def load(self, name: str, requests: list[bytes], connections: int) -> Answers:
        before = sum(self.process.cpu_times()[:2])
        answers = asyncio.run(send_all(self.port, iter(requests), connections))
        assert answers.statuses == {202: len(requests)}, answers.statuses
        spent = sum(self.process.cpu_times()[:2]) - before
        self.cpu.setdefault(name, []).append(spent / len(requests))
        return answers

    def singles(self) -> list[bytes]:
        return [self._request(session_line(), "application/json") for _ in range(SINGLES)]

    def batches(self) -> list[bytes]:
        bodies = (b"\n".join(session_line() for _ in range(BATCH)) for _ in range(BATCHES))
        return [self._request(body, "application/x-ndjson") for body in bodies]

    def _request(self, body: bytes, content_type: str) -> bytes:
        return request_of("/v1/sessions", body, self.token, content_type)


@contextmanager
def running(name: str, folder: Path) -> Iterator[Server]:
    """Gives a variant that runs on the first core."""
    port = free_port()
    # drains are measured apart: here they would run at some moments and not at others
    settings = load_settings(
        data_dir=folder / name,
        ingest_port=port,
        drain_seconds=3_600,
        max_requests_per_second=1e6,
    )
    command = [sys.executable, *SERVERS[name], *([str(port)] if name != "durable" else [])]
    process = subprocess.Popen(
        command,
        env=without_settings() | settings.as_environment(),
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, {0}),
    )
    try:
        wait_until(lambda: is_open(port), 60, f"{name} up")
        token = local_token(settings, {"ingest:write"})
        yield Server(port, token, psutil.Process(process.pid))
    finally:
        process.kill()
        process.wait()


def sync_seconds(folder: Path) -> float:
    """Returns the median time that the disk takes for one session and its fdatasync."""
    times, line = [], session_line()
    with (folder / "raw").open("wb", buffering=0) as file:
        for _ in range(500):
            started = time.perf_counter()
            file.write(line)
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - started)
    return median(times)


def validation_seconds() -> float:
    """Returns the CPU that validating one session takes in a bare loop."""
    lines = [session_line() for _ in range(20_000)]
    started = time.process_time()
    for line in lines:
        Session.model_validate_json(line)
    return (time.process_time() - started) / len(lines)


def main() -> None:
    os.sched_setaffinity(0, {1})
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        servers = {name: stack.enter_context(running(name, Path(folder))) for name in SERVERS}
        bare_loop, syncs = [], []
        for _ in range(ROUNDS):
            for server in servers.values():
                server.load("single", server.singles(), 64)
                server.load("batch", server.batches(), 16)
                server.waits += server.load("alone", server.singles()[:500], 1).seconds
            bare_loop.append(validation_seconds())
            syncs.append(sync_seconds(Path(folder)))
        _report(servers, median(bare_loop), median(syncs))


def _report(servers: dict[str, Server], bare_loop: float, sync: float) -> None:
    durable, none, bare = (servers[name] for name in ("durable", "none", "bare"))
    micro = {
        f"{name}_{kind}": round(median(times) * 1e6, 1)
        for name, server in servers.items()
        for kind, times in server.cpu.items()
    }
    single, batch = (
        median(a / b for a, b in zip(durable.cpu[kind], none.cpu[kind], strict=True))
        for kind in ("single", "batch")
    )
    over_bare = median(
        a / b for a, b in zip(durable.cpu["single"], bare.cpu["single"], strict=True)
    )
    tell("durable_single_cpu", single, "x without", "<= 1.25", microseconds=micro)
    tell("durable_batch_of_100_cpu", batch, "x without", "<= 1.35")
    tell("durable_single_cpu_over_bare", over_bare, "x bare ASGI", "<= 3.0")
    rate = bare_loop * BATCH / median(durable.cpu["batch"])
    tell("durable_batch_rate", rate, "x bare validation", ">= 0.75", bare_us=bare_loop * 1e6)
    wait = percentile(durable.waits, 0.5) - percentile(none.waits, 0.5)
    tell("ack_over_sync", wait / sync, "x fdatasync", "<= 1.3", fdatasync_ms=sync * 1e3)


if __name__ == "__main__":
    main()
