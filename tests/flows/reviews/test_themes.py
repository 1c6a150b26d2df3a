"""Themes of a month: proposed by rules or a model, and counted by code before they are kept."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.marts import Marts
from flows.reviews.ledger import Ledger
from flows.reviews.material import Material, to_passages
from flows.reviews.monthly import find_themes, month_before
from flows.reviews.openai_client import open_client
from flows.reviews.openai_grader import OpenAIGrader
from flows.reviews.reviewer import Reviewer
from flows.reviews.rubric import load_rubric
from flows.reviews.spending import Caps
from flows.reviews.themes import (
    Held,
    Noted,
    Proposal,
    Proposals,
    Theme,
    harmless,
    themes_by_proposal,
    themes_by_rules,
    themes_of,
)
from tests.flows.reviews import model_server as says
from tests.flows.reviews.model_server import ModelServer, Reply
from tests.flows.reviews.small_lake import NOW, publish
from tests.flows.reviews.test_openai_grader import PRICES

SESSIONS = [
    Held(f"s{number}", "Algebra" if number < 10 else "English", "2026-Q1", "evening")
    for number in range(40)
]
LATE = [
    Noted(f"s{n}", f"t{n % 4}", "tutor_late", "I waited.", "Algebra", "2026-Q1", "evening")
    for n in range(6)
]


def test_a_group_that_has_more_of_it_is_a_theme_with_its_support() -> None:
    [theme] = themes_by_rules(LATE, SESSIONS, "rules@1")
    told = ("subject", "Algebra", "rules@1", "tutor late", "tutor_late", 6, 4)
    assert theme == Theme(*told, pytest.approx(0.6), pytest.approx(0.15))


def test_a_pattern_of_few_sessions_or_people_is_none() -> None:
    assert themes_by_rules(LATE[:4], SESSIONS, "rules@1") == []
    same = [
        Noted(one.session_id, f"t{n % 2}", one.code, "", "Algebra", None, None)
        for n, one in enumerate(LATE)
    ]
    assert themes_by_rules(same, SESSIONS, "rules@1") == []


def test_what_a_model_claims_is_counted_again() -> None:
    inflated = Proposals(themes=[Proposal(title="Late starts", members=[0, 1, 2, 2, 2, 99, -1])])
    assert themes_by_proposal(inflated, LATE, SESSIONS, "openai:m") == []
    true = Proposals(themes=[Proposal(title="Late starts", members=[5, 4, 3, 2, 1, 0, 0])])
    [theme] = themes_by_proposal(true, LATE, SESSIONS, "openai:m")
    assert (theme.title, theme.session_count, theme.grader) == ("Late starts", 6, "openai:m")


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("Late starts", "Late starts"),
        ("<b>Late</b>\nstarts!", "b Late b starts"),
        ("see evil.example now", ""),
        ("HTTPS evil", ""),
        ("x" * 200, "x" * 80),
    ],
)
def test_a_title_is_made_harmless(title: str, kept: str) -> None:
    assert harmless(title) == kept


def reviewed(ledger: Ledger, count: int, may_leave: bool = True) -> None:
    async def all_of_them() -> None:
        reviewer = Reviewer(ledger, load_rubric(), lambda: NOW)
        for number in range(count):
            said = to_passages(None, None, f"My tutor was late, said Priya Number{number}.")
            await reviewer.review(Material(f"s{number}", 1, said, may_leave=may_leave))

    asyncio.run(all_of_them())


def found(
    folder: Path, ledger: Ledger, server: ModelServer, reply: Reply, seconds: float = 60
) -> list[Theme]:
    server.say(reply)
    publish(folder / "marts", [f"s{number}" for number in range(9)])

    async def once() -> list[Theme]:
        async with open_client(server.url, "k", attempt_seconds=20, retries=0) as client:
            model = OpenAIGrader(client, "m-1", PRICES, seconds=seconds)
            rubric, caps = load_rubric().name, Caps(5, 1)
            return await find_themes(
                ledger, Marts(folder / "marts"), rubric, "2026-11", model, caps, lambda: NOW
            )

    return asyncio.run(once())


def test_a_model_sees_redacted_findings_of_sessions_that_may_leave(
    tmp_path: Path, ledger: Ledger, server: ModelServer
) -> None:
    reviewed(ledger, 3)
    found(tmp_path, ledger, server, says.answers({"themes": []}))
    [asked] = server.asked
    seen = json.loads(asked["input"][0]["content"])["findings"]
    assert len(seen) == 3 and "Priya" not in json.dumps(asked) and asked["store"] is False


def test_without_consent_no_finding_is_shown_to_a_model(
    tmp_path: Path, ledger: Ledger, server: ModelServer
) -> None:
    reviewed(ledger, 3, may_leave=False)
    found(tmp_path, ledger, server, says.answers({"themes": []}))
    assert server.asked == []


@pytest.mark.parametrize("reply", [says.fails(500), says.hangs, says.answers("?"), says.refuses])
def test_a_model_that_fails_leaves_the_themes_of_the_rules(
    tmp_path: Path, ledger: Ledger, server: ModelServer, reply: Reply
) -> None:
    reviewed(ledger, 3)
    assert found(tmp_path, ledger, server, reply, seconds=2) == themes_of(ledger, "2026-11") == []


@pytest.mark.parametrize(
    ("now", "month"),
    [(datetime(2026, 1, 1, tzinfo=UTC), "2025-12"), (NOW + timedelta(days=20), "2026-11")],
)
def test_the_month_before(now: datetime, month: str) -> None:
    assert month_before(now) == month
