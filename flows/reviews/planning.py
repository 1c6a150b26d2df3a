"""What a round of reviews goes by, and what waits for one. Loads no model's library."""

from __future__ import annotations

from datetime import datetime

from core.errors import MartsNotPublished
from core.marts import Marts
from core.settings import Settings
from flows.reviews.due import LOOK_BACK
from flows.reviews.ledger import Ledger
from flows.reviews.reviewing import Plan, due_now
from flows.reviews.rubric import load_rubric
from flows.reviews.spending import Caps


def count_due(settings: Settings, now: datetime) -> int:
    """Returns how many sessions wait for a review at `now`; 0 before the first published set."""
    try:
        with Ledger(settings.reviews_path) as ledger:
            plan, has_model = plan_of(settings, now, 0), has_a_model(settings)
            marts = Marts(settings.marts_dir)
            return len(due_now(marts, settings.lake_dir, ledger, plan, has_model, now))
    except MartsNotPublished:
        return 0


def has_a_model(settings: Settings) -> bool:
    """Returns whether a model is configured, so that it may be asked."""
    return bool(settings.openai_api_key and settings.openai_model)


def plan_of(settings: Settings, now: datetime, most: int) -> Plan:
    """Returns what a round at `now` goes by."""
    return Plan(
        rubric=load_rubric(),
        caps=caps_of(settings),
        consent=settings.review_consent,
        with_flagged=settings.review_flagged_tutors,
        since=settings.build_moment(now) - LOOK_BACK,
        most=most,
    )


def caps_of(settings: Settings) -> Caps:
    """Returns the caps on money of the settings."""
    return Caps(settings.review_daily_usd, settings.review_session_usd)
