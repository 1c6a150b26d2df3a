"""Flows that run on a schedule: the nightly full build, retention, and the check of the lake."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from prefect import flow, get_client, task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.filters import FlowRunFilter

from core import lake
from core.children import die_with_parent
from core.errors import WorkbenchError
from core.marts import Published
from core.settings import load_settings
from flows.refresh import refresh
from flows.reviews.rounds import forget_old_texts

TRANSCRIPT_DAYS = 180
RUN_DAYS = 14


class LakeDamaged(WorkbenchError):
    title = "The lake is not sound"


@flow(name="nightly build")
async def nightly_build() -> Published:
    """Returns the set published from a build that starts from nothing but the lake."""
    watermark = lake.read_watermark(load_settings().lake_dir)
    return await refresh(ingest_seq=watermark.ingest_seq, full=True)


@flow(name="retention")
async def retention() -> None:
    """Removes what has been kept for as long as was promised."""
    now = datetime.now(UTC)
    settings, kept_since = load_settings(), now - timedelta(days=TRANSCRIPT_DAYS)
    await remove_transcripts(settings.lake_dir, kept_since.date())
    await asyncio.to_thread(forget_old_texts, settings, kept_since)
    await remove_old_runs(now - timedelta(days=RUN_DAYS))


@flow(name="lake check")
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


@task(cache_policy=NO_CACHE)
async def remove_old_runs(before: datetime) -> int:
    """Returns how many runs that started before `before` were removed from Prefect."""
    old = FlowRunFilter.model_validate({"start_time": {"before_": before}})
    removed = 0
    async with get_client() as client:
        while runs := await client.read_flow_runs(flow_run_filter=old, limit=200):
            for run in runs:
                await client.delete_flow_run(run.id)
            removed += len(runs)
    return removed
