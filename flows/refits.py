"""Weekly and monthly fits: makes sure that they are there, and tells what they came to.

A fit is a model like others: each full build makes those of every closed week and month. So a refit
is the nightly build of the first day; it is made again here only if that one did not come about.
"""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import duckdb
from prefect import flow
from prefect.artifacts import acreate_table_artifact

from core import lake
from core.settings import load_settings
from flows.archive import last_made_anew
from flows.build import only_writer
from flows.refresh import refresh

Period = Literal["week", "month"]
_NEWEST = {
    "week": "SELECT outcome, platform_rate, platform_level, dispersion "
    "FROM intermediate.int_platform_levels "
    "WHERE fit_week = (SELECT max(fit_week) FROM intermediate.int_platform_levels) ORDER BY 1",
    "month": "SELECT session_count, held_out_count, product_loss, stack_loss, is_used "
    "FROM intermediate.int_risk_stacks ORDER BY fit_month DESC LIMIT 1",
}


@flow(name="refit", flow_run_name="refit of the {period}", retries=1, retry_delay_seconds=600)
async def refit(period: Period) -> bool:
    """Returns whether a full build had to be made for the fits of the `period` that just closed."""
    settings = load_settings()
    as_of = settings.build_moment(datetime.now(ZoneInfo("UTC")))
    zone = ZoneInfo(settings.time_zone)
    made = last_made_anew(settings.warehouse_path.parent)
    is_due = made is None or made.astimezone(zone).date() < began_on(period, as_of, zone)
    if is_due:
        watermark = lake.read_watermark(settings.lake_dir)
        await refresh(ingest_seq=watermark.ingest_seq, full=True)
    fits = await asyncio.to_thread(newest_fits, settings.warehouse_path, period)
    await acreate_table_artifact(table=fits, key=f"fits-of-the-{period}")
    return is_due


def began_on(period: Period, moment: datetime, zone: ZoneInfo) -> date:
    """Returns the first business day of the week (its Monday) or month that `moment` is in."""
    today = moment.astimezone(zone).date()
    return today.replace(day=1) if period == "month" else today - timedelta(days=today.weekday())


def newest_fits(warehouse_path: Path, period: Period) -> list[dict[str, Any]]:
    """Returns a row per outcome of the newest week, or the one row of the newest month.

    Waits while somebody builds. Empty as long as no week or month has closed.
    """
    with (
        only_writer(warehouse_path),
        duckdb.connect(str(warehouse_path), read_only=True) as connection,
    ):
        found = connection.execute(_NEWEST[period])
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
