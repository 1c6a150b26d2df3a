"""Posts history from an inbox folder through the door of ingest, as anybody outside would.

Files named `tutors*` hold tutors, `sessions*` sessions, as NDJSON, plain or gzipped. A file that
was posted whole moves to `done`; posted again, its records are duplicates and change nothing.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prefect import flow, task
from prefect.artifacts import (
    acreate_markdown_artifact,
    acreate_progress_artifact,
    aupdate_progress_artifact,
)
from prefect.cache_policies import NO_CACHE

from core.errors import BadInput
from core.posting import Progress, post_batches, read_lines, reasons_of
from core.settings import Settings, load_settings
from core.tokens import KeyRing
from flows.emails.wording import counted
from flows.run_names import named_by_its_moment

INBOX = "backfill"
KINDS = ("tutors", "sessions")  # tutors first, so that sessions find their names


@dataclass
class Posted:
    """How many records were sent and what became of them; `reasons` counts refusals by kind."""

    sent: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)

    def plus(self, one: Progress) -> Posted:
        """Returns the sum with one more file's; its refusals are counted as they come."""
        return Posted(
            self.sent + one.sent,
            self.accepted + one.accepted,
            self.duplicates + one.duplicates,
            self.rejected + one.rejected,
            self.reasons,
        )


@flow(name="backfill", flow_run_name=named_by_its_moment)
async def backfill() -> int:
    """Returns how many records of the inbox `backfill` in the data folder were sent as history.

    Raises:
        BadInput: a file cannot be read, or its name does not say what it holds.
        WorkbenchError: ingest refused a whole request, or did not answer after many attempts.
    """
    settings = load_settings()
    files = inbox_files(settings.data_dir / INBOX)
    posted = await post_inbox(settings, files)
    await acreate_markdown_artifact(markdown=_words(posted, len(files)), key="backfill")
    return posted.sent


@task(task_run_name="post the inbox", cache_policy=NO_CACHE)
async def post_inbox(settings: Settings, files: list[Path]) -> Posted:
    """Returns what became of all records, and moves each file that was posted to `done`."""
    total = sum(1 for path in files for _ in read_lines(path)) or 1
    progress = await acreate_progress_artifact(progress=0.0, key="backfill-progress")
    posted = Posted()
    for path in files:
        done_before, newest = posted, Progress()
        steps = post_file(settings, path)
        while step := await asyncio.to_thread(next, steps, None):
            newest = step
            posted.reasons.update(reasons_of(step.rejections))
            share = (done_before.sent + step.sent) / total
            await aupdate_progress_artifact(progress, progress=100 * share)
        posted = done_before.plus(newest)
        done = path.parent / "done"
        done.mkdir(exist_ok=True)
        path.rename(done / path.name)
    await aupdate_progress_artifact(progress, progress=100.0)
    return posted


def post_file(settings: Settings, path: Path) -> Iterator[Progress]:
    """Yields the progress after each batch of a file that is posted as history."""
    ring = KeyRing.load(settings.secrets_dir)
    token = ring.issue("backfill", {"ingest:write"}, datetime.now(UTC), timedelta(hours=12))
    url = f"{settings.ingest_url}/v1/{_kind(path)}"
    return post_batches(url, token, read_lines(path), backfill=True)


def inbox_files(inbox: Path) -> list[Path]:
    """Returns the files to post, tutors before sessions; makes the inbox if it is not there.

    Raises:
        BadInput: a file's name does not say what it holds.
    """
    inbox.mkdir(parents=True, exist_ok=True, mode=0o700)
    # what a link leads to lies outside, and is nobody's to post from here
    files = [path for path in sorted(inbox.iterdir()) if path.is_file() and not path.is_symlink()]
    return sorted(files, key=lambda path: KINDS.index(_kind(path)))


def _kind(path: Path) -> str:
    for kind in KINDS:
        if path.name.startswith(kind):
            return kind
    raise BadInput(f"{path.name} must begin with {' or '.join(KINDS)}, or leave the inbox.")


def _words(posted: Posted, files: int) -> str:
    lines = [
        f"**{counted(posted.sent, 'record')}** sent as history, from {counted(files, 'file')}: "
        f"{posted.accepted:,} accepted, {posted.duplicates:,} known before, "
        f"{posted.rejected:,} refused. They count, and nobody gets a letter about them.",
        *(
            f"- {count:,} x {pointer}: {detail}"
            for (pointer, detail), count in posted.reasons.most_common(10)
        ),
    ]
    return "\n".join(lines)
