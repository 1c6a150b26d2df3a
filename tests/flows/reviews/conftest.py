"""Material to review, and a model server on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.reviews.ledger import Ledger
from flows.reviews.material import Material, to_passages
from tests.flows.reviews.model_server import ModelServer, serving

TURNS = [
    ("tutor", "Hi, good to meet you. What would you like to get out of it?"),
    ("student", "I want to get better at fractions, I failed the last quiz."),
    ("tutor", "What do you think the first step could be?"),
    ("student", "Maybe we find the same number below for both of them?"),
    ("tutor", "Good, and why does that work?"),
    ("student", "Because then the pieces are equally large."),
    ("tutor", "Next time we go on with the second part, try these two at home."),
]


def material(session_id: str = "s1", *, feedback: str | None = None, version: int = 1) -> Material:
    passages = to_passages(TURNS, "Worked on fractions.", feedback, "Ada Okoro")
    return Material(session_id, version, passages, "Ada Okoro", may_leave=True)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with serving() as model:
        yield model


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "reviews" / "reviews.sqlite") as opened:
        yield opened
