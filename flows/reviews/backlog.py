"""A round for a backlog: batches that are over come in, what is too much for one round goes out."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from core.marts import Marts
from flows.reviews.batches import MOST_REQUESTS, collect, submit
from flows.reviews.dataset import write_days
from flows.reviews.due import read_materials
from flows.reviews.ledger import Ledger
from flows.reviews.openai_grader import OpenAIGrader
from flows.reviews.reviewer import Clock, Reviewer
from flows.reviews.reviewing import Plan, ReviewsSummary, due_now, review_due


async def review_backlog(
    marts: Marts,
    lake_dir: Path,
    ledger: Ledger,
    plan: Plan,
    model: OpenAIGrader | None,
    clock: Clock,
) -> ReviewsSummary:
    """Returns what became of the newest due sessions, after sending the rest as a batch.

    Raises:
        MartsNotPublished: no set is published yet.
    """
    if model and model.api == "responses":
        reviewer = Reviewer(ledger, plan.rubric, clock, model, plan.caps)
        read = partial(read_materials, lake_dir, since=plan.since)
        write_days(ledger, lake_dir, await collect(reviewer, model, read))
        due = due_now(marts, lake_dir, ledger, plan, True, clock())
        late = [one for one in due[plan.most :] if one.may_leave][:MOST_REQUESTS]
        materials = await asyncio.to_thread(read, late)
        write_days(ledger, lake_dir, await submit(reviewer, model, plan.caps, materials))
    return await review_due(marts, lake_dir, ledger, plan, model, clock)
