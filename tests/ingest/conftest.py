"""What the tests of the ingest room share: an app in this process, and a process of its own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import httpx
import orjson
import pytest
import pytest_asyncio
from fastapi import FastAPI

from core import lake
from core.settings import Settings, load_settings
from core.tokens import KeyRing
from ingest.app import create_app

ROOT = Path(__file__).parents[2]
Rows = list[dict[str, Any]]


@pytest.fixture
def make_session() -> Callable[..., dict[str, Any]]:
    """Gives a maker of valid sessions; a change of ... leaves the field out."""

    def make(session_id: str = "s-1", **changes: Any) -> dict[str, Any]:
        session = {
            "session_id": session_id,
            "tutor_id": "t-1",
            "student_id": "u-1",
            "status": "completed",
            "scheduled_start": "2026-11-22T16:00:00-05:00",
            "scheduled_end": "2026-11-22T17:00:00-05:00",
        }
        return {name: value for name, value in (session | changes).items() if value is not ...}

    return make


@pytest.fixture(scope="session")
def empty_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lake_dir = tmp_path_factory.mktemp("ingest") / "lake"
    lake.ensure(lake_dir)
    return lake_dir


@pytest.fixture
def ingest_settings(tmp_path: Path, empty_lake: Path) -> Settings:
    shutil.copytree(empty_lake, tmp_path / "data" / "lake")  # faster than to make one each time
    # Drains happen when a test asks for one.
    return load_settings(data_dir=tmp_path / "data", drain_seconds=3600, ingest_port=_free_port())


@pytest.fixture
def ingest_token(ingest_settings: Settings) -> Callable[..., dict[str, str]]:
    """Gives a maker of Authorization headers for the scopes asked for."""

    def make(*scopes: str, hours: float = 1, ago: float = 0) -> dict[str, str]:
        keys = KeyRing.load(ingest_settings.secrets_dir)
        issued = datetime.now(UTC) - timedelta(hours=ago)
        token = keys.issue("rails", set(scopes), issued, timedelta(hours=hours))
        return {"Authorization": f"Bearer {token}"}

    return make


@pytest_asyncio.fixture
async def ingest_app(ingest_settings: Settings) -> AsyncIterator[FastAPI]:
    app = create_app(ingest_settings, on_disk_failure=lambda: None)
    async with app.router.lifespan_context(app):
        yield app


@pytest_asyncio.fixture
async def ingest_client(
    ingest_app: FastAPI, ingest_token: Callable[..., dict[str, str]]
) -> AsyncIterator[httpx.AsyncClient]:
    """Gives a client that may write; it sends to the app of this process."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(ingest_app, raise_app_exceptions=False),
        base_url="http://ingest.example",
        headers=ingest_token("ingest:write", "ingest:read"),
    ) as client:
        yield client


@pytest.fixture
def read_lake(ingest_settings: Settings) -> Callable[[str], Rows]:
    """Gives a reader of all rows of one dataset, oldest first."""

    def read(dataset: str) -> Rows:
        files = ingest_settings.lake_dir / dataset / "*" / "*.parquet"
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            rows = connection.execute(
                "SELECT * FROM read_parquet(?, union_by_name = true) ORDER BY ingest_seq",
                [str(files)],
            )
            names = [column[0] for column in rows.description or []]
            return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]

    return read


@pytest.fixture
def quarantined(ingest_app: FastAPI) -> Callable[[], Any]:
    """Gives a reader of what is in quarantine, oldest first."""

    async def read() -> Rows:
        query = "SELECT kind, raw, errors, request_id, sender, received_at FROM quarantine"
        rows = await ingest_app.state.door.journal.run(lambda sql: sql.execute(query).fetchall())
        names = ("kind", "raw", "errors", "request_id", "sender", "received_at")
        return [dict(zip(names, row, strict=True)) for row in rows]

    return read


@pytest.fixture
def ingest_process(
    ingest_settings: Settings, tmp_path: Path
) -> Callable[..., AbstractContextManager[subprocess.Popen[bytes]]]:
    """Gives a starter of the real process, which is killed at the end of the `with`."""

    @contextmanager
    def start(is_up: bool = True, **changes: Any) -> Iterator[subprocess.Popen[bytes]]:
        settings = ingest_settings.model_copy(update=changes)
        process = subprocess.Popen(
            [sys.executable, "-m", "ingest.app"],
            env={**settings.as_environment(), "PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
            stderr=subprocess.PIPE,
        )
        try:
            if is_up:
                _wait_until_up(settings.ingest_url, process)
            yield process
        finally:
            process.kill()
            process.communicate(timeout=10)

    return start


@pytest.fixture
def ndjson() -> Callable[[Rows], dict[str, Any]]:
    """Gives a maker of the arguments that post records as NDJSON."""

    def make(records: Rows) -> dict[str, Any]:
        return {
            "content": b"\n".join(map(orjson.dumps, records)),
            "headers": {"Content-Type": "application/x-ndjson"},
        }

    return make


def _wait_until_up(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(400):
        try:
            httpx.get(f"{url}/healthz")
        except httpx.TransportError:
            assert process.poll() is None, "ingest ended while it started"
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("ingest did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
