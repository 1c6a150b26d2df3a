"""Rounds of reviews as settings ask for them. One at a time; nothing else ever waits for one."""

from __future__ import annotations

import asyncio
import fcntl
import logging
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from core.errors import MartsNotPublished
from core.marts import Marts
from core.settings import Settings
from flows.reviews import backlog
from flows.reviews.dataset import write_days
from flows.reviews.ledger import Ledger
from flows.reviews.monthly import find_themes, month_before
from flows.reviews.openai_client import open_client
from flows.reviews.openai_grader import OpenAIGrader
from flows.reviews.planning import caps_of, plan_of
from flows.reviews.prices import Prices
from flows.reviews.reviewing import ReviewsSummary
from flows.reviews.rubric import load_rubric
from flows.reviews.themes import Theme

log = logging.getLogger("workbench.reviews")


async def review_round(settings: Settings, most: int) -> ReviewsSummary:
    """Returns what became of at most `most` due sessions; of none while another round runs.

    It runs in a thread with a loop of its own, so that it holds up nobody's.

    Raises:
        MartsNotPublished: no set is published yet.
    """
    return await asyncio.to_thread(lambda: asyncio.run(_review(settings, most)))


async def review_quietly(settings: Settings, most: int) -> ReviewsSummary | None:
    """Returns the same, or None if anything went wrong: for whoever has other things to do."""
    try:
        return await review_round(settings, most)
    except MartsNotPublished:
        return None
    except Exception as error:  # a message could hold what somebody said
        log.warning("reviews failed (%s); they are tried again", type(error).__name__)
        return None


async def find_monthly_themes(settings: Settings) -> list[Theme]:
    """Returns the themes of the last whole month, now kept; none while another round runs.

    Raises:
        MartsNotPublished: no set is published yet.
    """
    return await asyncio.to_thread(lambda: asyncio.run(_find_themes(settings)))


def show_what_is_agreed(settings: Settings) -> None:
    """Writes all reviews into the lake anew: an item may have come under the line, or over it.

    Waits while a round runs.
    """
    if not settings.reviews_path.exists():
        return
    with _alone(settings.reviews_path, waits=True), Ledger(settings.reviews_path) as ledger:
        write_days(ledger, settings.lake_dir, ledger.days())


def forget_old_texts(settings: Settings, before: datetime) -> int:
    """Returns of how many reviews older than `before` the quotes were removed for good."""
    if not settings.reviews_path.exists():
        return 0
    with Ledger(settings.reviews_path) as ledger:
        return ledger.forget_texts(before)


def forget_sessions(settings: Settings, session_ids: Iterable[str]) -> int:
    """Returns of how many reviews of these sessions the quotes were removed for good."""
    if not settings.reviews_path.exists():
        return 0
    with Ledger(settings.reviews_path) as ledger:
        return ledger.forget_sessions(session_ids)


@asynccontextmanager
async def model_of(settings: Settings) -> AsyncIterator[OpenAIGrader | None]:
    """Gives the model of the settings, or None if rules are to review."""
    if not settings.openai_api_key or not settings.openai_model:
        yield None
        return
    prices = Prices(
        settings.openai_input_usd or 0.0,
        settings.openai_output_usd or 0.0,
        settings.openai_cached_usd,
    )
    key = settings.openai_api_key.get_secret_value()
    async with open_client(settings.openai_base_url, key) as client:
        yield OpenAIGrader(client, settings.openai_model, prices, settings.openai_api)


async def _review(settings: Settings, most: int) -> ReviewsSummary:
    with _alone(settings.reviews_path) as is_alone:
        if not is_alone:
            return ReviewsSummary()
        with Ledger(settings.reviews_path) as ledger:
            async with model_of(settings) as model:
                return await backlog.review_backlog(
                    Marts(settings.marts_dir),
                    settings.lake_dir,
                    ledger,
                    plan_of(settings, _now(), most),
                    model,
                    _now,
                )


async def _find_themes(settings: Settings) -> list[Theme]:
    with _alone(settings.reviews_path) as is_alone:
        if not is_alone:
            return []
        with Ledger(settings.reviews_path) as ledger:
            async with model_of(settings) as model:
                marts, rubric = Marts(settings.marts_dir), load_rubric().name
                month = month_before(_now())
                caps = caps_of(settings)
                return await find_themes(ledger, marts, rubric, month, model, caps, _now)


@contextmanager
def _alone(ledger_path: Path, *, waits: bool = False) -> Iterator[bool]:
    """Gives whether no other process reviews; a lock of the kernel ends with whoever held it."""
    ledger_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ledger_path.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True


def _now() -> datetime:
    return datetime.now(UTC)
