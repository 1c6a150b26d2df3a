"""The long-lived process that turns new data into published marts and letters.

It looks at the lake's watermark and runs the flow `refresh` in this process: a deployment run for
each micro-batch would cost seconds of process start. Scheduled deployments run beside it.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from prefect import get_client

from core import lake
from core.errors import CannotStart
from core.marts import Published
from core.settings import Settings, load_settings
from flows.deployments import serve_deployments
from flows.emails.letters import has_due_letters
from flows.letterhead import mail_of
from flows.publish import published_or_none
from flows.refresh import mail, refresh
from flows.watch import Health, mark_left_runs, watch

log = logging.getLogger("workbench.runner")
_LONGEST_PAUSE_SECONDS = 15.0
_GRACE_SECONDS = 2.0
_BEAT_SECONDS = 1.0
_LETTERS_EVERY = timedelta(seconds=5)


def wants_refresh(watermark: int, published: Published | None, as_of: datetime, zone: str) -> bool:
    """Returns whether readers would see something new: records, or another business day."""
    if published is None or watermark > published.ingest_seq:
        return True
    return days_moved(published, as_of, zone) != 0


def wants_full_build(
    published: Published | None, as_of: datetime, zone: str, history: timedelta
) -> bool:
    """Returns whether the day to count from moved so far that adding to the warehouse is wrong."""
    if published is None:
        return False
    return not 0 <= days_moved(published, as_of, zone) <= history.days


def days_moved(published: Published, as_of: datetime, zone: str) -> int:
    """Returns how many business days in `zone` the day to count from has moved on."""
    before = datetime.fromisoformat(published.as_of)
    days = [moment.astimezone(ZoneInfo(zone)).date() for moment in (before, as_of)]
    return (days[1] - days[0]).days


def rest_seconds(took: float, shortest: float) -> float:
    """Returns how long to rest after a run that took so long: runs begin a second apart or more.

    What comes meanwhile is one run, and Prefect has a run less to remember.
    """
    return max(shortest, _BEAT_SECONDS - took)


async def look(settings: Settings, now: datetime, letters_after: datetime) -> bool:
    """Returns whether there was something to do, and does it."""
    as_of = settings.build_moment(now)
    published = published_or_none(settings.marts_dir)
    watermark = lake.read_watermark(settings.lake_dir).ingest_seq
    if wants_refresh(watermark, published, as_of, settings.time_zone):
        full = wants_full_build(published, as_of, settings.time_zone, timedelta(days=90))
        await refresh(ingest_seq=watermark, full=full)
        return True
    if now >= letters_after and has_due_letters(mail_of(settings), now):
        await mail()
        return True
    return False


async def run(
    settings: Settings, stopping: asyncio.Event, looked: asyncio.Event, health: Health
) -> None:
    """Looks for work until `stopping` is set; a failed run is logged and tried again later.

    Sets `looked` after the first look, whatever came of it; notes in `health` what fails.
    """
    failed_pause = settings.refresh_seconds
    letters_after = datetime.now(UTC)
    await _until_prefect_answers(stopping, settings.runner_sign)
    await mark_left_runs(datetime.now(UTC))
    while not stopping.is_set():
        settings.runner_sign.touch()
        began, pause = time.monotonic(), settings.refresh_seconds
        try:
            now = health.working_since = datetime.now(UTC)
            has_worked = await look(settings, now, letters_after)
            if has_worked or now >= letters_after:
                letters_after = datetime.now(UTC) + _LETTERS_EVERY
            if has_worked:
                pause = rest_seconds(time.monotonic() - began, settings.refresh_seconds)
            failed_pause, health.failures = pause, 0
        except Exception as error:
            pause = failed_pause = min(max(failed_pause, 0.5) * 2, _LONGEST_PAUSE_SECONDS)
            health.failures += 1
            log.warning("run failed (%s); next try in %.0f s", type(error).__name__, pause)
            await _until_prefect_answers(stopping, settings.runner_sign)
        health.working_since = None
        looked.set()
        await _sleep(pause, stopping)


async def _serve_deployments(settings: Settings, looked: asyncio.Event) -> None:
    # readers wait for the first set; registering would take a third of the machine from it
    await looked.wait()
    await serve_deployments(settings.prefect_home)


async def _review(settings: Settings, looked: asyncio.Event) -> None:
    await looked.wait()
    # two seconds of imports that the first set does not wait for
    flows = await asyncio.to_thread(importlib.import_module, "flows.reviews.flow")
    await flows.keep_reviewing(settings)


async def _until_prefect_answers(stopping: asyncio.Event, sign: Path) -> None:
    async with get_client() as prefect:
        while not stopping.is_set() and await prefect.api_healthcheck():
            sign.touch()
            await _sleep(0.5, stopping)


async def _sleep(seconds: float, stopping: asyncio.Event) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)


async def serve(settings: Settings, stopping: asyncio.Event) -> None:
    """Runs until `stopping` is set, then gives a run under way a moment to end."""
    lake.ensure(settings.lake_dir)
    settings.runner_sign.parent.mkdir(parents=True, exist_ok=True)
    looked, health = asyncio.Event(), Health()
    work = asyncio.create_task(run(settings, stopping, looked, health))
    beside = [
        asyncio.create_task(_serve_deployments(settings, looked)),
        asyncio.create_task(watch(settings, health, stopping)),
        asyncio.create_task(_review(settings, looked)),
    ]
    await stopping.wait()
    for task in beside:
        task.cancel()
    await asyncio.wait({work}, timeout=_GRACE_SECONDS)


def main() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    try:
        settings = load_settings()
    except CannotStart as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    told = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: told.set())
    loop, stopping = asyncio.new_event_loop(), asyncio.Event()
    # in the main thread Prefect would take SIGTERM for the flow under way, and end nothing else
    work = threading.Thread(
        target=loop.run_until_complete, args=[serve(settings, stopping)], daemon=True
    )
    work.start()
    while work.is_alive() and not told.wait(0.5):
        pass
    if told.is_set():
        loop.call_soon_threadsafe(stopping.set)
        work.join(_GRACE_SECONDS + 1)
    # threads cannot be told to stop; what they leave half done the next build does again
    os._exit(0 if told.is_set() else 1)


if __name__ == "__main__":
    main()
