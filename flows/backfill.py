"""Posts history from an inbox folder through the door of ingest, as anybody outside would.

Files named `tutors*` hold tutors, `sessions*` sessions, as NDJSON, plain or gzipped. A file that
was posted whole moves to `done`; posted again, its records are duplicates and change nothing.
"""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from prefect import flow, task
from prefect.artifacts import (
    acreate_markdown_artifact,
    acreate_progress_artifact,
    aupdate_progress_artifact,
)
from prefect.cache_policies import NO_CACHE

from core.errors import BadInput, WorkbenchError
from core.settings import Settings, load_settings
from core.tokens import KeyRing

INBOX = "backfill"
KINDS = ("tutors", "sessions")  # tutors first, so that sessions find their names
_ROWS, _BYTES = 1_000, 4_000_000
_TRIES = 8
_LONGEST_WAIT_SECONDS = 30.0
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504, 507})
_ANSWERED = frozenset({202, 409, 422})


class NotTaken(WorkbenchError):
    title = "Ingest did not take it"


@dataclass
class Posted:
    """How many records were sent and what became of them; `reasons` counts refusals by kind."""

    sent: int = 0
    accepted: int = 0
    duplicates: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    rejected: int = 0

    def add(self, rows: int, answer: dict[str, Any]) -> None:
        self.sent += rows
        self.accepted += answer.get("accepted", 0)
        self.duplicates += answer.get("duplicates", 0)
        for refused in answer.get("rejected", []):
            self.rejected += 1
            self.reasons.update(f"{one['pointer']}: {one['detail']}" for one in refused["errors"])


@flow(name="backfill")
async def backfill() -> int:
    """Returns how many records of the inbox `backfill` in the data folder were sent as history.

    Raises:
        BadInput: a file cannot be read, or its name does not say what it holds.
        NotTaken: ingest refused a whole request, or did not answer for minutes.
    """
    settings = load_settings()
    files = inbox_files(settings.data_dir / INBOX)
    posted = await post_inbox(settings, files)
    await acreate_markdown_artifact(markdown=_words(posted, len(files)), key="backfill")
    return posted.sent


@task(task_run_name="post the inbox", cache_policy=NO_CACHE)
async def post_inbox(settings: Settings, files: list[Path]) -> Posted:
    """Returns what became of all records, and moves each file that was posted to `done`."""
    total = sum(1 for path in files for _ in lines_of(path)) or 1
    progress = await acreate_progress_artifact(progress=0.0, key="backfill-progress")
    posted = Posted()
    async with _door(settings) as door:
        for path in files:
            for batch in batches(lines_of(path)):
                posted.add(len(batch), await _post(door, _kind(path), batch))
                await aupdate_progress_artifact(progress, progress=100 * posted.sent / total)
            done = path.parent / "done"
            done.mkdir(exist_ok=True)
            path.rename(done / path.name)
    await aupdate_progress_artifact(progress, progress=100.0)
    return posted


def inbox_files(inbox: Path) -> list[Path]:
    """Returns the files to post, tutors before sessions; makes the inbox if it is not there.

    Raises:
        BadInput: a file's name does not say what it holds.
    """
    inbox.mkdir(parents=True, exist_ok=True, mode=0o700)
    # what a link leads to lies outside, and is nobody's to post from here
    files = [path for path in sorted(inbox.iterdir()) if path.is_file() and not path.is_symlink()]
    return sorted(files, key=lambda path: KINDS.index(_kind(path)))


def lines_of(path: Path) -> Iterator[bytes]:
    """Yields the lines that are not empty; a file ending in .gz is inflated.

    Raises:
        BadInput: the file cannot be read.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            for line in file:
                if line.strip():
                    yield line if line.endswith(b"\n") else line + b"\n"
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(f"{path.name} cannot be read ({type(error).__name__}).") from None


def batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Yields the lines in requests that ingest takes, by rows and by bytes."""
    batch: list[bytes] = []
    size = 0
    for line in lines:
        if batch and (len(batch) >= _ROWS or size + len(line) > _BYTES):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line)
    if batch:
        yield batch


def _kind(path: Path) -> str:
    for kind in KINDS:
        if path.name.startswith(kind):
            return kind
    raise BadInput(f"{path.name} must begin with {' or '.join(KINDS)}, or leave the inbox.")


def _door(settings: Settings) -> httpx.AsyncClient:
    ring = KeyRing.load(settings.secrets_dir)
    token = ring.issue("backfill", {"ingest:write"}, datetime.now(UTC), timedelta(hours=12))
    return httpx.AsyncClient(
        base_url=settings.ingest_url,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"},
        params={"backfill": "true"},
        timeout=60,
        trust_env=False,  # proxies are for the outside world; this door is our own
    )


async def _post(door: httpx.AsyncClient, kind: str, batch: list[bytes]) -> dict[str, Any]:
    for attempt in range(_TRIES):
        answer, wait = None, min(2.0**attempt, _LONGEST_WAIT_SECONDS)
        with suppress(httpx.TransportError):
            answer = await door.post(f"/v1/{kind}", content=b"".join(batch))
        if answer is not None and answer.status_code in _ANSWERED:
            found: dict[str, Any] = answer.json()
            return found
        if answer is not None and answer.status_code not in _AGAIN:
            raise NotTaken(f"Ingest answered {answer.status_code}; see workbench.log.")
        if answer is not None:
            wait = float(answer.headers.get("Retry-After", wait))
        await asyncio.sleep(min(wait, _LONGEST_WAIT_SECONDS))
    raise NotTaken("Ingest does not answer. What was sent is stored; start the flow again.")


def _words(posted: Posted, files: int) -> str:
    lines = [
        f"**{posted.sent:,} records** of {files} files were sent as history: "
        f"{posted.accepted:,} accepted, {posted.duplicates:,} known before, "
        f"{posted.rejected:,} refused. They count, and nobody gets a letter about them.",
        *(f"- {count:,} x {reason}" for reason, count in posted.reasons.most_common(10)),
    ]
    return "\n".join(lines)
