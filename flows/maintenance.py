"""Flows that run on a schedule: the nightly full build, retention, and the check of the lake."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from prefect import flow, task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE

from core import lake
from core.children import die_with_parent
from core.errors import WorkbenchError
from core.marts import Published
from core.settings import Settings, load_settings
from flows.emails.wording import counted
from flows.erasure import Erased, erase_texts, request_erasure, sessions_of
from flows.refresh import refresh
from flows.reviews.rounds import forget_old_texts, forget_sessions, show_what_is_agreed
from flows.run_names import named_by_its_moment

TRANSCRIPT_DAYS = 180
ERASURES = "erasures.json"


class LakeDamaged(WorkbenchError):
    title = "The lake is not sound"


@flow(name="nightly build", flow_run_name=named_by_its_moment, retries=1, retry_delay_seconds=600)
async def nightly_build() -> Published:
    """Returns the set published from a build that starts from nothing but the lake."""
    settings = load_settings()
    await asyncio.to_thread(show_what_is_agreed, settings)
    watermark = lake.read_watermark(settings.lake_dir)
    return await refresh(ingest_seq=watermark.ingest_seq, full=True)


@flow(name="retention", flow_run_name=named_by_its_moment, retries=2, retry_delay_seconds=60)
async def retention() -> None:
    """Removes texts that were kept for as long as was promised, and those that are to be erased."""
    settings = load_settings()
    kept_since = datetime.now(UTC) - timedelta(days=TRANSCRIPT_DAYS)
    await remove_transcripts(settings.lake_dir, kept_since.date())
    await asyncio.to_thread(forget_old_texts, settings, kept_since)
    await erase(settings)


@flow(name="erasure", flow_run_name=named_by_its_moment, retries=2, retry_delay_seconds=60)
async def erasure(student_id: str) -> Erased:
    """Returns what was removed of the texts about a student; what the day brought goes at night.

    The student stays on a list until all days up to the request are done.
    """
    settings = load_settings()
    request_erasure(settings.data_dir / ERASURES, student_id, datetime.now(UTC))
    return await erase(settings)


@task(task_run_name="erase texts", cache_policy=NO_CACHE)
async def erase(settings: Settings) -> Erased:
    """Returns what was removed for all students on the list, and says it in an artifact."""
    asked = settings.data_dir / ERASURES
    sessions = await asyncio.to_thread(sessions_of, settings.lake_dir, asked)
    if sessions:
        await asyncio.to_thread(forget_sessions, settings, sessions)
    erased = await asyncio.to_thread(erase_texts, settings.lake_dir, asked)
    words = (
        f"Transcript, feedback and notes removed: of {counted(erased.texts, 'session')}, "
        f"in {counted(erased.files, 'file')} of the lake. Requests that wait for a day to be over: "
        f"{erased.waiting:,}. Refused records in quarantine are ingest's, and were not looked at."
    )
    await acreate_markdown_artifact(markdown=words, key="erasure")
    return erased


@flow(name="lake check", flow_run_name=named_by_its_moment)
async def lake_check() -> None:
    """Leaves what `workbench lake check` says as an artifact; it reads every file of the lake.

    Raises:
        LakeDamaged: a file is damaged or missing, or records are there twice.
    """
    # ingest knows what a sound lake is, and ends with its memory
    checked = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "cli.main", "lake", "check"],
        capture_output=True,
        text=True,
        preexec_fn=die_with_parent,
    )
    said = (checked.stdout or checked.stderr[-300:]).strip()
    said = said or f"The check ended with {checked.returncode} and said nothing."
    await acreate_markdown_artifact(markdown=f"```\n{said}\n```", key="lake-check")
    if checked.returncode:
        raise LakeDamaged(said.splitlines()[-1])


@task(cache_policy=NO_CACHE)
async def remove_transcripts(lake_dir: Path, before: date) -> int:
    """Returns how many closed days of transcripts, received before `before`, were removed."""
    old = expired_days(lake.TRANSCRIPTS.folder(lake_dir), before)
    for folder in old:
        shutil.rmtree(folder)
    return len(old)


def expired_days(dataset_folder: Path, before: date) -> list[Path]:
    """Returns the day folders of a dataset that hold rows received before `before`."""
    prefix = "received_on="
    days = [(path.name.removeprefix(prefix), path) for path in dataset_folder.glob(f"{prefix}*")]
    # the schema's own folder is dated 1970 and holds no rows
    return [path for day, path in sorted(days) if "1970-01-01" < day < before.isoformat()]
