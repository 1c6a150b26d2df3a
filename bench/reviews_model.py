"""The configured model over sessions of a pretend company, through the whole way of a review."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from core.settings import Settings
from flows.reviews.ledger import Ledger
from flows.reviews.material import Material
from flows.reviews.planning import caps_of
from flows.reviews.review import Review
from flows.reviews.reviewer import Reviewer
from flows.reviews.rounds import model_of
from flows.reviews.rubric import load_rubric


async def ask_model(settings: Settings, materials: list[Material]) -> dict[str, Review]:
    """Returns the model's reviews by session, without those in which it did not speak."""
    with TemporaryDirectory() as folder, Ledger(Path(folder) / "l" / "l.sqlite") as ledger:
        async with model_of(settings) as model:
            reviewer = Reviewer(ledger, load_rubric(), _now, model, caps_of(settings))
            for material in materials:
                await reviewer.review(material)
        found = [ledger.find(one.session_id, 1, load_rubric().name) for one in materials]
        return {
            entry.session_id: entry.review
            for entry in found
            if entry and not entry.grader.startswith("rules@")
        }


def _now() -> datetime:
    return datetime.now(UTC)
