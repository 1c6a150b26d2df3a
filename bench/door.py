"""The ingest process by itself: the real one, pinned to the first core, on a data folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from bench.system import free_port, is_open, wait_until
from cli.processes import SMALL_HEAP, local_token
from core.settings import Settings, load_settings, without_settings

_MB = 2**20


@dataclass
class DoorProcess:
    """An ingest process that runs, with the settings it was started with."""

    settings: Settings
    process: subprocess.Popen[bytes]

    @property
    def port(self) -> int:
        return self.settings.ingest_port

    def token(self) -> str:
        return local_token(self.settings, {"ingest:write", "ingest:read"})

    def cpu_seconds(self) -> float:
        return float(sum(psutil.Process(self.process.pid).cpu_times()[:2]))

    def memory_mb(self) -> float:
        """Returns the proportional set size: shared pages count by the share that is its own."""
        for line in Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024 / _MB
        raise LookupError("the kernel tells no proportional set size")

    def most_memory_mb(self) -> float:
        """Returns the highest resident set size so far, which counts shared pages in full."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / _MB
        raise LookupError("the kernel tells no highest set size")

    def ready(self) -> dict[str, Any]:
        """Returns what /readyz tells: accepted_seq, drained_seq, waiting, reasons."""
        headers = {"Authorization": f"Bearer {self.token()}"}
        url = f"http://127.0.0.1:{self.port}/readyz"
        answer: dict[str, Any] = httpx.get(url, headers=headers, timeout=30).json()
        return answer

    def is_drained(self) -> bool:
        ready = self.ready()
        return bool(ready["accepted_seq"] == ready["drained_seq"])

    def stop(self) -> float:
        """Returns the seconds that it took to end after SIGTERM."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)
        return time.monotonic() - started


@contextmanager
def door(data_dir: Path, **overrides: object) -> Iterator[DoorProcess]:
    """Gives an ingest process that answers; one that still runs at the end is killed."""
    values = {"ingest_port": free_port(), "max_requests_per_second": 1e6} | overrides
    settings = load_settings(data_dir=data_dir, **values)
    process = subprocess.Popen(
        [sys.executable, "-m", "ingest.app"],
        env=without_settings() | settings.as_environment() | SMALL_HEAP,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, {0}),
    )
    try:
        wait_until(lambda: is_open(settings.ingest_port), 120, "the door open")
        yield DoorProcess(settings, process)
    finally:
        process.kill()
        process.wait()
