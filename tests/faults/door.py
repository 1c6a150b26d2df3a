"""The door that is attacked: ingest as a real process, what it logged, and what it stored."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import httpx

from bench.system import ROOT, free_port, wait_until
from core.settings import Settings, load_settings, without_settings
from core.tokens import KeyRing
from ingest.records import KINDS

_MEMBERS = ("type", "title", "status", "detail", "request_id")
# What the server below the application says to bytes that are no request at all.
_NO_HTTP = b"Invalid HTTP request received."


class Stored(NamedTuple):
    """A row of the lake: its kind, its id, and all its columns as text."""

    kind: str
    key: str
    text: str


@dataclass
class Door:
    """A running ingest process. Its log is the file that its standard error goes to."""

    settings: Settings
    process: subprocess.Popen[bytes]
    log_path: Path

    def authorization(self, *scopes: str) -> str:
        keys = KeyRing.load(self.settings.secrets_dir)
        now = datetime.now(UTC)
        asked = set(scopes or ("ingest:write", "ingest:read"))
        return f"Bearer {keys.issue('rails', asked, now, timedelta(hours=12))}"

    def client(self) -> httpx.Client:
        """Returns a client that may write and read, and follows no redirect."""
        headers = {"Authorization": self.authorization()}
        return httpx.Client(base_url=self.settings.ingest_url, headers=headers, timeout=60)

    def stop(self) -> str:
        """Ends the process as an operator does, and returns all that it logged."""
        assert self.process.poll() is None, self.log_path.read_text()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)
        return self.log_path.read_text()

    def stored(self) -> list[Stored]:
        """Returns every record of the lake, whichever of its datasets it is in."""
        with duckdb.connect() as connection:
            return [
                Stored(kind.name, key, text)
                for kind in KINDS.values()
                for dataset in kind.datasets
                for key, text in connection.execute(
                    f"SELECT {kind.key}, to_json(r) FROM read_parquet(?, union_by_name=true) r",
                    [str(dataset.folder(self.settings.lake_dir) / "*" / "*.parquet")],
                ).fetchall()
            ]

    def journal(self, query: str) -> list[tuple[Any, ...]]:
        """Returns rows of the journal, to be read once the process has ended."""
        with closing(sqlite3.connect(self.settings.journal_path)) as connection:
            return connection.execute(query).fetchall()


@contextmanager
def open_door(folder: Path) -> Iterator[Door]:
    """Gives a new door with its data in `folder`; whatever happens, the process ends."""
    settings = load_settings(
        data_dir=folder / "data", ingest_port=free_port(), max_requests_per_second=1e6
    )
    log_path = folder / "ingest.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ingest.app"],
            env=without_settings() | settings.as_environment(),
            cwd=ROOT,
            stderr=log,
        )
    try:
        wait_until(lambda: is_open(settings.ingest_url), 60, "ingest is up")
        yield Door(settings, process, log_path)
    finally:
        process.kill()
        process.wait(timeout=10)


def is_open(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").is_success
    except httpx.TransportError:
        return False


def faults_of(
    status: int, headers: Mapping[str, str], body: bytes, method: str = "POST"
) -> list[str]:
    """Returns what is wrong with an answer to a stranger; names of headers are in lower case."""
    if status >= 500:
        return [f"{status}"]
    if status < 400 or body == _NO_HTTP:
        return [] if status < 300 or body == _NO_HTTP else [f"a redirect, {status}"]
    if headers.get("content-type") != "application/problem+json":
        return [f"{status} is no problem: {headers.get('content-type')}"]
    return [] if method == "HEAD" else _faults_of_problem(status, headers, body)


def _faults_of_problem(status: int, headers: Mapping[str, str], body: bytes) -> list[str]:
    problem = json.loads(body)
    faults = [f"{name} is missing" for name in _MEMBERS if not problem.get(name)]
    if problem.get("status") != status:
        faults.append(f"says {problem.get('status')} in a {status}")
    if problem.get("request_id") != headers.get("x-request-id"):
        faults.append("names another request")
    return faults
