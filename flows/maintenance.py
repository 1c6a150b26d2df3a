"""Flows that run on a schedule: the nightly full build, and retention."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from prefect import flow, get_client, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.filters import FlowRunFilter

from core import lake
from core.marts import Published
from core.settings import load_settings
from flows.refresh import refresh

TRANSCRIPT_DAYS = 180
RUN_DAYS = 14


@flow(name="nightly build")
async def nightly_build() -> Published:
    """Returns the set published from a build that starts from nothing but the lake."""
    watermark = lake.read_watermark(load_settings().lake_dir)
    return await refresh(ingest_seq=watermark.ingest_seq, full=True)


@flow(name="retention")
async def retention() -> None:
    """Removes what has been kept for as long as was promised."""
    now = datetime.now(UTC)
    lake_dir = load_settings().lake_dir
    await remove_transcripts(lake_dir, (now - timedelta(days=TRANSCRIPT_DAYS)).date())
    await remove_old_runs(now - timedelta(days=RUN_DAYS))


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
