"""Flows of reviews: the newest sessions, a backlog, the themes of a month. All seen in Prefect."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime

from prefect import flow, task
from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact
from prefect.cache_policies import NO_CACHE

from core.settings import Settings, load_settings
from flows.reviews.planning import count_due, has_a_model
from flows.reviews.reviewing import ReviewsSummary
from flows.reviews.rounds import find_monthly_themes, review_quietly, review_round
from flows.run_names import named_by_its_moment

NEWEST = 20
A_NIGHT = 500
LOOK_SECONDS = 60.0
log = logging.getLogger("workbench.reviews")


@task(task_run_name="review newest", cache_policy=NO_CACHE)
async def review_newest(settings: Settings) -> ReviewsSummary | None:
    """Returns what became of the newest sessions; None if they could not be reviewed now."""
    return await review_quietly(settings, NEWEST)


@flow(name="reviews", flow_run_name=named_by_its_moment)
async def reviews() -> ReviewsSummary | None:
    """Returns what became of the newest sessions that were due."""
    return await review_newest(load_settings())


async def keep_reviewing(settings: Settings) -> None:
    """Looks each minute for sessions to review, for as long as it is let; nothing waits for it."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            if await asyncio.to_thread(count_due, settings, datetime.now(UTC)):
                await reviews()
        except Exception as error:  # a review is never worth a runner
            log.warning("reviews wait (%s)", type(error).__name__)


@flow(name="review backlog", flow_run_name=named_by_its_moment)
async def review_backlog() -> ReviewsSummary:
    """Returns what became of everything that was due, as far as one night goes."""
    settings = load_settings()
    summary = await review_round(settings, A_NIGHT)
    await acreate_markdown_artifact(markdown=in_words(summary, settings), key="reviews")
    return summary


@flow(name="monthly themes", flow_run_name=named_by_its_moment)
async def monthly_themes() -> int:
    """Returns how many themes the last whole month has."""
    themes = await find_monthly_themes(load_settings())
    await acreate_table_artifact(table=[vars(theme) for theme in themes], key="themes")
    return len(themes)


def in_words(summary: ReviewsSummary, settings: Settings) -> str:
    """Returns the summary of a round, with who speaks."""
    speaks = f"openai:{settings.openai_model}" if has_a_model(settings) else "rules"
    return (
        f"**{summary.reviewed} sessions reviewed**: {summary.by_model} by a model, "
        f"{summary.by_rules} by rules. {summary.pending} wait for the model, "
        f"{summary.needs_person} for a person, {summary.left} for the next round.\n\n"
        f"Grader: {speaks}. Spent today: ${summary.usd_today:.2f} of "
        f"${settings.review_daily_usd:.2f}."
    )
