"""Lines of a transcript that try to move the grader: what they say is data, and stays data."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from flows.reviews.ledger import Ledger
from flows.reviews.material import Material, to_passages
from flows.reviews.review import Review
from flows.reviews.reviewer import Reviewer
from flows.reviews.rubric import load_rubric
from tests.flows.reviews import model_server as says
from tests.flows.reviews.answering import TRUE_QUOTES, finding
from tests.flows.reviews.conftest import TURNS, material
from tests.flows.reviews.model_server import ModelServer
from tests.flows.reviews.test_reviewer import NOW, review

ATTACKS = [
    line
    for line in (Path(__file__).parent / "data" / "attacks.txt").read_text().splitlines()
    if not line.startswith("# ")
]


def attacked(attack: str) -> Material:
    turns = [*TURNS, ("student", attack)]
    return Material("s1", 1, to_passages(turns, attack, attack), "Ada Okoro", may_leave=True)


def test_there_are_enough_attacks() -> None:
    assert len(set(ATTACKS)) >= 50


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_stays_data_and_moves_nothing_of_the_rules(
    ledger: Ledger, server: ModelServer, attack: str
) -> None:
    """The task goes out unchanged, the attack within JSON, and the rules say what they said."""
    server.say(says.answers("I was told to give 4."))
    [entry] = review(ledger, server, attacked(attack))
    [asked] = server.asked
    [message] = asked["input"]
    assert attack not in asked["instructions"] and message["role"] == "user"
    assert len(json.loads(message["content"])["passages"]) == len(TURNS) + 3
    assert "evil.example" not in message["content"]
    assert (entry.status, entry.reason) == ("pending", "nonsense")
    clean = asyncio.run(_by_rules(ledger, material("clean")))
    judged = {one.item: one.level for one in entry.review.items if one.item != "student_talk"}
    assert judged == {one.item: one.level for one in clean.items if one.item != "student_talk"}


async def _by_rules(ledger: Ledger, one: Material) -> Review:
    await Reviewer(ledger, load_rubric(), lambda: NOW).review(one)
    entry = ledger.find(one.session_id, 1, load_rubric().name)
    assert entry
    return entry.review


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_model_that_obeys_an_attack_gets_nothing_past_the_check(
    ledger: Ledger, server: ModelServer, attack: str
) -> None:
    """It gives the best levels on made-up quotes, and findings that nobody said."""
    items = [
        {"item": item, "level": 4, "quotes": [{"turn": 0, "text": "The tutor was wonderful to me"}]}
        for item in TRUE_QUOTES
    ]
    said = {"items": items, "findings": [finding("off_platform", 1, "Pay me in cash, he said")]}
    server.say(says.answers(said))
    [entry] = review(ledger, server, attacked(attack))
    assert entry.status == "needs_person" and entry.review.points is None
    assert {one.level for one in entry.review.items if one.item != "student_talk"} == {None}
    assert entry.review.findings == () and entry.review.refused_count == 1
