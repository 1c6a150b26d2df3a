"""A workbench under test: real processes on free ports, in a folder of its own."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psutil

from cli.processes import local_token
from cli.status import read_status
from core.settings import Settings, without_settings

ROOT = Path(__file__).resolve().parents[1]
ARTIFACTS = ROOT / "artifacts"
READY_SECONDS = 180
# as root, without much shared memory, and without calls to the outside of the browser's own
BROWSER_OPTIONS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_open(port: int) -> bool:
    """Returns whether a process of ours answers on this port."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz").is_success
    except httpx.TransportError:
        return False


@dataclass
class System:
    """A workbench under test: its settings, and the command that runs it."""

    settings: Settings
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cli.main", *arguments], env=self.environment, cwd=ROOT
        )

    def run(self, *arguments: str, timeout: float = 600) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cli.main", *arguments],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def stop(self) -> float:
        """Returns the seconds that a Ctrl-C took."""
        assert self.process is not None
        started = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=30)
        return time.monotonic() - started

    def read(self, path: str) -> Any:
        """Returns what the read API answers to a token that may read the marts."""
        token = local_token(self.settings, {"marts:read"})
        headers = {"Authorization": f"Bearer {token}"}
        url = f"http://127.0.0.1:{self.settings.web_port}{path}"
        return httpx.get(url, headers=headers, timeout=30).raise_for_status().json()

    def post(self, record: dict[str, Any]) -> httpx.Response:
        """Returns ingest's answer to one live session."""
        token = local_token(self.settings, {"ingest:write"})
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{self.settings.ingest_url}/v1/sessions"
        return httpx.post(url, headers=headers, json=record, timeout=30)


def wait_until(condition: Callable[[], object], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not in {seconds:.0f} s: {what}"
        time.sleep(0.25)


@contextmanager
def temporary_system(**overrides: object) -> Iterator[System]:
    """Gives a system in a temporary folder; whatever happens, it is stopped and removed."""
    with tempfile.TemporaryDirectory() as folder:
        system = new_system(Path(folder), **overrides)
        try:
            yield system
        finally:
            if system.process and system.process.poll() is None:
                system.stop()


def new_system(folder: Path, **overrides: Any) -> System:
    """Returns a system on free ports that keeps its data in `folder`; nothing is started yet."""
    ports = {f"{part}_port": free_port() for part in ("ingest", "web", "prefect", "smtp")}
    values: dict[str, Any] = {"data_dir": folder / "data"} | ports | overrides
    settings = Settings(**values)
    return System(settings, without_settings() | settings.as_environment())


def processes_of(system: System) -> list[psutil.Process]:
    """Returns the running processes that work on this system's data folder."""
    marker = str(system.settings.data_dir)
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("WORKBENCH_DATA_DIR") == marker and process.is_running():
                found.append(process)
    return found


def is_ready(system: System) -> bool:
    assert system.process is None or system.process.poll() is None, "the workbench ended"
    return bool(read_status(system.settings, datetime.now(UTC))["is_ready"])
