"""One round of reviews: what is due, reviewed a few at a time, then written to the lake."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from core.marts import Marts
from flows.reviews.dataset import write_days
from flows.reviews.double_grades import queue_for_people
from flows.reviews.due import LOOK_BACK, Consent, Due, find_due, read_materials
from flows.reviews.ledger import Ledger
from flows.reviews.material import Material
from flows.reviews.reviewer import Clock, Model, Reviewer
from flows.reviews.rubric import Rubric
from flows.reviews.spending import Caps, spent_on

_AT_ONCE = 4
_CHUNK = 40  # sessions whose texts are in memory at a time


@dataclass(frozen=True)
class Plan:
    """What a round goes by. `since` is from when on sessions are looked at; `most` of them."""

    rubric: Rubric
    caps: Caps
    consent: Consent
    with_flagged: bool
    since: datetime
    most: int


@dataclass(frozen=True)
class ReviewsSummary:
    """How many sessions were reviewed, by whom, and what the day has cost so far."""

    reviewed: int = 0
    by_model: int = 0
    by_rules: int = 0
    pending: int = 0
    needs_person: int = 0
    left: int = 0
    usd_today: float = 0.0


async def review_due(
    marts: Marts, lake_dir: Path, ledger: Ledger, plan: Plan, model: Model | None, clock: Clock
) -> ReviewsSummary:
    """Returns what became of the sessions that were due. Done again, it pays for nothing twice.

    Raises:
        MartsNotPublished: no set is published yet.
    """
    due = due_now(marts, lake_dir, ledger, plan, model is not None, clock())
    reviewer = Reviewer(ledger, plan.rubric, clock, model, plan.caps)
    counts: Counter[str] = Counter()
    for chunk in _chunks(due[: plan.most]):
        materials = await asyncio.to_thread(read_materials, lake_dir, chunk, plan.since)
        days = await _review_all(reviewer, materials)
        write_days(ledger, lake_dir, days)
        counts += _count(ledger, plan.rubric.name, materials)
    queue_for_people(ledger, plan.rubric.name, clock())
    today = spent_on(ledger, clock().astimezone(UTC).date())
    return ReviewsSummary(**counts, left=max(0, len(due) - plan.most), usd_today=today.usd)


def due_now(
    marts: Marts, lake_dir: Path, ledger: Ledger, plan: Plan, has_model: bool, now: datetime
) -> list[Due]:
    """Returns the sessions that wait for a review at `now`, newest first."""
    return find_due(
        marts,
        lake_dir,
        ledger,
        plan.rubric.name,
        now=now,
        since=plan.since,
        consent=plan.consent,
        has_model=has_model,
        with_flagged=plan.with_flagged,
    )


async def _review_all(reviewer: Reviewer, materials: list[Material]) -> set[date]:
    places = asyncio.Semaphore(_AT_ONCE)

    async def review(material: Material) -> set[date]:
        async with places:
            return await reviewer.review(material)

    changed = await asyncio.gather(*map(review, materials))
    return set().union(*changed)


def _count(ledger: Ledger, rubric: str, materials: Iterable[Material]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for material in materials:
        if entry := ledger.find(material.session_id, material.version, rubric):
            counts["reviewed"] += 1
            counts["by_rules" if entry.grader.startswith("rules@") else "by_model"] += 1
            counts[entry.status] += entry.status != "graded"
    return Counter({name: count for name, count in counts.items() if name != "graded"})


def _chunks(due: list[Due]) -> list[list[Due]]:
    return [due[first : first + _CHUNK] for first in range(0, len(due), _CHUNK)]


def look_back(moment: datetime) -> datetime:
    """Returns from when on sessions are looked at, if it is `moment` now."""
    return moment - LOOK_BACK
