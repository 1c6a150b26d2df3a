"""What the runner knows of its own health, told to operators when Prefect cannot tell it.

An automation tells of failed runs as long as Prefect answers. Runs that fail again and again, and
records that wait too long, are told from here, whatever Prefect does.
"""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core import lake
from core.marts import Published
from core.settings import Settings
from flows.alerts import lag_alert, run_alert, tell_operators
from flows.crashed import mark_crashed
from flows.emails.alerts import Alert
from flows.publish import published_or_none

log = logging.getLogger("workbench.watch")
EVERY_SECONDS = 30.0
FAILURES = 5
LONGEST_LAG = timedelta(minutes=15)
LONGEST_RUN = timedelta(hours=2)  # longer than any full build that was measured


@dataclass
class Health:
    """How often the last looks failed in a row, and since when records wait to be published.

    The records up to `behind_upto` wait since `behind_since`; those that came after wait less.
    `working_since` is when the run under way began.
    """

    failures: int = 0
    behind_upto: int = 0
    behind_since: datetime | None = None
    working_since: datetime | None = None

    def note(self, watermark: int, published: Published | None, now: datetime) -> None:
        """Remembers since when records wait, of which the newest is number `watermark`."""
        upto = published.ingest_seq if published else 0
        if upto >= self.behind_upto:
            # while data comes there is always a record that waits, but not the same one
            self.behind_upto, self.behind_since = watermark, now if watermark > upto else None

    def is_stuck(self, now: datetime) -> bool:
        """Returns whether a run takes so long that it will never end."""
        return self.working_since is not None and now - self.working_since > LONGEST_RUN

    def alerts(self, prefect_url: str, now: datetime) -> list[Alert]:
        """Returns what operators must know at `now`."""
        found = []
        if self.failures >= FAILURES:
            found.append(run_alert("refresh", "the last in a row", "Failed", prefect_url, now))
        if self.behind_since and now - self.behind_since > LONGEST_LAG:
            found.append(lag_alert(now - self.behind_since, prefect_url, now))
        return found


async def watch(settings: Settings, health: Health, stopping: asyncio.Event) -> None:
    """Looks every half minute until `stopping` is set: at the lag, and for runs left behind.

    Ends this process when a run is stuck: whoever supervises it starts it again.
    """
    started = datetime.now(UTC)
    while not stopping.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), EVERY_SECONDS)
        settings.runner_pulse.touch()
        if health.is_stuck(datetime.now(UTC)):
            log.error("a run is stuck; the runner ends, and is started again")
            os._exit(1)
        await look_after(settings, health, datetime.now(UTC))
        await mark_left_runs(started)


async def look_after(settings: Settings, health: Health, now: datetime) -> int:
    """Returns how many letters to operators were newly owed at `now`."""
    try:
        watermark = lake.read_watermark(settings.lake_dir).ingest_seq
        health.note(watermark, published_or_none(settings.marts_dir), now)
        told = [
            await tell_operators(settings, alert)
            for alert in health.alerts(settings.prefect_url, now)
        ]
        return sum(told)
    except Exception as error:  # who watches must not fall with what is watched
        log.warning("operators could not be told (%s)", type(error).__name__)
        return 0


async def mark_left_runs(started: datetime) -> None:
    """Has runs that nobody works on shown as crashed; `started` is when this runner did."""
    try:
        if left := await mark_crashed(started):
            log.warning("%d runs were left behind by a process that was killed", left)
    except Exception as error:  # what is shown of the past must not hold up what is to do
        log.warning("runs left behind could not be looked at (%s)", type(error).__name__)
