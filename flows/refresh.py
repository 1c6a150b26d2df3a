"""The flow `refresh`: build, gate, publish, letters. Each run is seen in the Prefect UI."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from datetime import UTC, datetime

from prefect import flow, task
from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact
from prefect.cache_policies import NO_CACHE

from core.marts import Published
from core.settings import Settings, load_settings
from flows.build import WarehouseBuilder
from flows.changes import changes_between
from flows.dbt_process import run_dbt
from flows.dbt_tasks import run_dbt_as_tasks
from flows.emails.letters import LettersSummary, send_letters
from flows.letterhead import mail_of
from flows.measures import export_measures
from flows.publish import publish_marts, published_or_none
from flows.results import NodeResult, refuse_failures
from flows.run_names import named_by_its_moment
from flows.summary import model_rows, run_summary
from flows.writer import sole_writer


@task(task_run_name="build models", cache_policy=NO_CACHE)
async def build(
    settings: Settings, as_of: datetime, ingest_seq: int, full: bool, keep_open: ExitStack
) -> list[NodeResult]:
    """Returns what became of each model and test; in a `full` build each is a task of its own."""
    builder = WarehouseBuilder(
        settings.warehouse_path,
        settings.lake_dir,
        settings.time_zone,
        dbt=run_dbt_as_tasks if full else run_dbt,
    )
    if full:
        await asyncio.to_thread(
            export_measures,
            settings.lake_dir,
            settings.warehouse_path.parent,
            settings.outbox_path,
        )
    return await asyncio.to_thread(builder.build, as_of, ingest_seq, full=full, keep_open=keep_open)


@task(task_run_name="check the gate", cache_policy=NO_CACHE)
async def gate(results: list[NodeResult]) -> None:
    """Lets the run go on only when every model was built and every test passed.

    Raises:
        GateClosed: names what failed; the sets published before stay as they are.
    """
    refuse_failures(results)


@task(task_run_name="publish marts", cache_policy=NO_CACHE)
async def publish(settings: Settings, ingest_seq: int, as_of: datetime) -> Published:
    """Returns the set that readers see from now on."""
    return await asyncio.to_thread(
        publish_marts,
        settings.warehouse_path,
        settings.marts_dir,
        ingest_seq=ingest_seq,
        as_of=as_of,
        now=datetime.now(UTC),
    )


@task(task_run_name="send letters", cache_policy=NO_CACHE)
async def letters(settings: Settings) -> LettersSummary:
    """Returns what became of the letters that are due."""
    return await asyncio.to_thread(send_letters, mail_of(settings))


@flow(name="refresh", flow_run_name="records to {ingest_seq}")
async def refresh(ingest_seq: int, full: bool = False) -> Published:
    """Returns the set published from every record up to `ingest_seq`."""
    settings = load_settings()
    started = datetime.now(UTC)
    as_of, before = settings.build_moment(started), published_or_none(settings.marts_dir)
    async with sole_writer(settings.warehouse_path) as until_done:
        results = await build(settings, as_of, ingest_seq, full, until_done)
        table = acreate_table_artifact(table=model_rows(results), key="models")
        told = asyncio.create_task(table)
        try:
            await gate(results)
            published = await publish(settings, ingest_seq, as_of)
        finally:
            await told
    sent = await letters(settings)
    waited = (datetime.now(UTC) - started).total_seconds()
    changes = await asyncio.to_thread(changes_between, settings.marts_dir, before, published)
    summary = run_summary(published, changes, sent, waited, settings.web_url)
    await acreate_markdown_artifact(markdown=summary, key="summary")
    return published


@flow(name="mail", flow_run_name=named_by_its_moment)
async def mail() -> LettersSummary:
    """Returns what became of the letters that were put off and are due again."""
    return await letters(load_settings())
