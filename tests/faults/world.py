"""A sender that remembers what it was promised, and an audit of what is there afterwards."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import httpx
import orjson

from core.settings import Settings, without_settings
from core.tokens import KeyRing
from ingest.app import create_app
from ingest.lake_check import check_lake
from ingest.tables import oldest_undrained

Record = dict[str, Any]
ROOT = Path(__file__).parents[2]
_START = datetime(2026, 11, 22, 16, tzinfo=UTC)
_LONG_AGO = datetime.now(UTC) - timedelta(days=1)  # a token of it is good whatever the clock says
# of each kind its key, and one more field to know the record by
_FIELDS = {
    "sessions": ("session_id", "student_id"),
    "tutors": ("tutor_id", "display_name"),
    "flag-actions": ("action_id", "flag_id"),
}
Known = dict[str, set[tuple[str, str]]]


def record_of(kind: str, number: int) -> Record:
    """Returns a valid record; what is in it follows from its number."""
    if kind == "tutors":
        name = {"tutor_id": f"tutor-{number}", "display_name": f"Tutor {number}"}
        return name | {"started_on": "2025-08-01", "time_zone": "America/Chicago"}
    if kind == "flag-actions":
        return {"action_id": f"act-{number}", "flag_id": f"flag-{number}", "action": "acknowledge"}
    start = _START + timedelta(minutes=number)
    return {
        "session_id": f"s-{number:06}",
        "tutor_id": f"t-{number % 7}",
        "student_id": f"u-{number}",
        "status": "completed",
        "scheduled_start": start.isoformat(),
        "scheduled_end": (start + timedelta(hours=1)).isoformat(),
    } | ({"tutor_notes": f"Note {number}. " * 20} if number % 3 == 0 else {})


def none_known() -> Known:
    return {kind: set() for kind in _FIELDS}


@dataclass
class Sender:
    """Posts records as Rails would: what got no answer or a 5xx is sent again, the same bytes."""

    settings: Settings
    sent: Known = field(default_factory=none_known)
    acked: Known = field(default_factory=none_known)
    statuses: list[int] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _open: list[tuple[str, list[Record]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        keys = KeyRing.load(self.settings.secrets_dir)
        scopes = {"ingest:write", "ingest:read"}
        token = keys.issue("rails", scopes, _LONG_AGO, timedelta(days=3))
        self._client = httpx.Client(
            base_url=self.settings.ingest_url,
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"},
            timeout=20,
        )

    def post(self, kind: str = "sessions", count: int = 1) -> int | None:
        """Returns the status of a request with new records, or None without an answer."""
        numbers = itertools.islice(self._numbers, count)
        return self._send(kind, [record_of(kind, number) for number in numbers])

    def post_large(self, count: int) -> int | None:
        """Returns the status of a request with sessions of 18 kB that compress to half of it."""
        notes = ({"tutor_notes": os.urandom(9_000).hex()} for _ in range(count))
        numbers = itertools.islice(self._numbers, count)
        return self._send("sessions", [record_of("sessions", n) | next(notes) for n in numbers])

    def post_again(self) -> None:
        """Sends again what has no good answer yet."""
        waiting, self._open = self._open, []
        for kind, records in waiting:
            self._send(kind, records)

    def _send(self, kind: str, records: list[Record]) -> int | None:
        key, field_ = _FIELDS[kind]
        known = {(record[key], record[field_]) for record in records}
        self.sent[kind] |= known
        status = self._status(kind, records)
        if status == 202:
            self.acked[kind] |= known
        else:
            self._open.append((kind, records))
        return status

    def _status(self, kind: str, records: list[Record]) -> int | None:
        body = b"\n".join(map(orjson.dumps, records))
        try:
            answer = self._client.post(f"/v1/{kind}", content=body)
        except httpx.TransportError:
            return None
        self.statuses.append(answer.status_code)
        return answer.status_code

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Keeps posting from a thread, small and large; some of it a second time."""
        is_over = threading.Event()
        thread = threading.Thread(target=self._keep_posting, args=(is_over,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()

    def _keep_posting(self, is_over: threading.Event) -> None:
        for turn in itertools.count():
            if is_over.is_set():
                return
            if self.post(count=20 if turn % 4 == 0 else 1) is None:
                time.sleep(0.02)
            elif turn % 10 == 0:
                self.post_again()
                self._send("sessions", [record_of("sessions", turn)])

    def is_drained(self) -> bool:
        """Returns whether all that was accepted is in Parquet and no longer in the journal."""
        return "ingest_drain_lag_seconds 0.0\n" in self._client.get("/metrics").text

    def reasons_not_ready(self) -> list[str]:
        reasons: list[str] = self._client.get("/readyz").json()["reasons"]
        return reasons

    def promised(self) -> Known:
        """Returns what was acknowledged until now."""
        return {kind: set(known) for kind, known in self.acked.items()}


@contextmanager
def ingest_running(
    settings: Settings, before: Sequence[str] = (), run: Sequence[str] = ("-m", "ingest.app")
) -> Iterator[subprocess.Popen[bytes]]:
    """Gives the real process; `before` is a command that runs it, such as strace."""
    process = subprocess.Popen(
        [*before, sys.executable, *run],
        env=without_settings() | settings.as_environment(),
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Ends the process at once, and what runs it, as `kill -9` does."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until_ready(settings: Settings, process: subprocess.Popen[bytes]) -> float | None:
    """Returns how many seconds it took until the process was ready, or None if it ended first."""
    started = time.monotonic()
    while time.monotonic() - started < 60:
        if process.poll() is not None:
            return None
        with suppress(httpx.TransportError):
            if httpx.get(f"{settings.ingest_url}/readyz").status_code == 200:
                return time.monotonic() - started
        time.sleep(0.02)
    raise TimeoutError("ingest was not ready within 60 s")


@dataclass(frozen=True)
class Audit:
    """What is wrong with a folder: acknowledged and gone, there twice, never sent, damaged."""

    lost: int
    double: int
    strange: int
    faults: list[str]


CLEAN = Audit(0, 0, 0, [])


def audit(settings: Settings, sent: Known, promised: Known) -> Audit:
    """Returns what is wrong after ingest has started on the folder once more and drained it."""
    asyncio.run(_drain_all(settings))
    stored = {kind: _stored(settings.lake_dir, kind) for kind in _FIELDS}
    return Audit(
        lost=sum(len(promised[kind] - set(rows)) for kind, rows in stored.items()),
        double=sum(len(rows) - len(dict(rows)) for rows in stored.values()),
        strange=sum(len(set(rows) - sent[kind]) for kind, rows in stored.items()),
        faults=check_lake(settings.lake_dir).faults,
    )


async def _drain_all(settings: Settings) -> None:
    app = create_app(settings, on_disk_failure=lambda: None)
    async with app.router.lifespan_context(app):
        while await app.state.door.journal.run(oldest_undrained):
            await asyncio.sleep(0.02)
            assert not app.state.door.drain.is_failing


def _stored(lake_dir: Path, kind: str) -> list[tuple[str, str]]:
    files = str(lake_dir / kind.replace("-", "_") / "*" / "*.parquet")
    query = f"SELECT {', '.join(_FIELDS[kind])} FROM read_parquet(?, hive_partitioning = false)"
    with duckdb.connect() as connection:
        return connection.execute(query, [files]).fetchall()
