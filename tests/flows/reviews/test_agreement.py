"""Agreement with people decides what coaches see, and says when it cannot tell."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import duckdb
import pytest

from core.errors import BadInput, NotFound
from core.lake import REVIEWS
from flows.reviews.agreement import agreement, weighted_kappa
from flows.reviews.dataset import write_days
from flows.reviews.double_grades import (
    agreements,
    dispute,
    for_coaches,
    grade,
    queue_for_people,
    waiting,
)
from flows.reviews.ledger import Ledger
from flows.reviews.reviewer import Reviewer
from flows.reviews.rubric import load_rubric
from tests.flows.reviews.conftest import material

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
RUBRIC = load_rubric()
LEVELS: dict[str, int | None] = {item.id: 3 for item in RUBRIC.items}


def test_kappa_is_what_the_textbook_says() -> None:
    # by hand from the definition: 1 - sum(w * observed) / sum(w * expected), w = (i - j)^2
    pairs = [(1, 1), (2, 2), (3, 3), (4, 4), (1, 2), (2, 3), (3, 4), (4, 1)]
    rows = [(i, j) for i, _ in pairs for _, j in pairs]
    expected = sum((i - j) ** 2 for i, j in rows) / len(rows)
    observed = sum((i - j) ** 2 for i, j in pairs) / len(pairs)
    assert weighted_kappa(pairs) == pytest.approx(1 - observed / expected)


def test_kappa_at_its_ends() -> None:
    same = [(level, level) for level in (1, 2, 3, 4)] * 10
    assert weighted_kappa(same) == 1
    assert weighted_kappa([(1, 4), (4, 1)] * 20) == pytest.approx(-1)
    assert weighted_kappa([(3, 3)] * 50) is None and weighted_kappa([]) is None


def test_chance_comes_to_about_nothing_and_is_below_the_line() -> None:
    luck = Random(1)
    found = agreement([(luck.randint(1, 4), luck.randint(1, 4)) for _ in range(2_000)])
    assert found.kappa == pytest.approx(0, abs=0.06) and not found.is_shown
    assert found.low is not None and found.high is not None
    assert found.low < 0 < found.high


def test_a_good_grader_agrees_and_its_interval_holds_kappa() -> None:
    luck = Random(2)
    levels = [luck.randint(1, 4) for _ in range(60)]
    found = agreement([(min(4, one + (luck.random() < 0.2)), one) for one in levels])
    assert found.state == "agrees" and found.kappa and found.low and found.high
    assert found.low < found.kappa < found.high <= 1


def test_too_few_pairs_are_not_enough_data_however_well_they_agree() -> None:
    pairs = [(1, 1), (4, 4), (2, 2)] * 9
    assert agreement(pairs).state == "not_enough_data" and agreement(pairs).is_shown
    assert agreement([*pairs, *pairs]).state == "agrees"
    assert agreement([]).mean_error is None


def reviewed(ledger: Ledger, count: int) -> None:
    async def all_of_them() -> None:
        reviewer = Reviewer(ledger, RUBRIC, lambda: NOW)
        for number in range(count):
            await reviewer.review(material(f"s{number}"))

    asyncio.run(all_of_them())


def test_one_in_twenty_is_drawn_once_and_the_same_ones_again(ledger: Ledger) -> None:
    reviewed(ledger, 400)
    drawn = queue_for_people(ledger, RUBRIC.name, NOW)
    assert 8 <= drawn <= 36  # 400 at 5 %, four standard errors
    assert queue_for_people(ledger, RUBRIC.name, NOW) == 0
    assert len(waiting(ledger, RUBRIC.name)) == drawn


def test_the_queue_shows_nothing_of_what_the_grader_said(ledger: Ledger) -> None:
    reviewed(ledger, 1)
    queue_for_people(ledger, RUBRIC.name, NOW, share=1)
    [asked] = waiting(ledger, RUBRIC.name)
    assert vars(asked).keys() == {"session_id", "version", "rubric", "grader", "why"}


def test_a_grade_is_given_once_and_whole(ledger: Ledger) -> None:
    reviewed(ledger, 1)
    queue_for_people(ledger, RUBRIC.name, NOW, share=1)
    [asked] = waiting(ledger, RUBRIC.name)
    for wrong in ({}, {"rapport": 3}, LEVELS | {"rapport": 5}, LEVELS | {"salary": 1}):
        with pytest.raises(BadInput):
            grade(ledger, asked, RUBRIC, wrong, "ann", NOW)
    grade(ledger, asked, RUBRIC, LEVELS | {"clarity": None}, "ann", NOW)
    with pytest.raises(NotFound):
        grade(ledger, asked, RUBRIC, LEVELS, "ben", NOW)
    assert waiting(ledger, RUBRIC.name) == []


def test_only_the_drawn_sample_counts_for_agreement(ledger: Ledger) -> None:
    reviewed(ledger, 40)
    dispute(ledger, "s0", 1, RUBRIC.name, NOW)
    queue_for_people(ledger, RUBRIC.name, NOW, share=1)
    for asked in waiting(ledger, RUBRIC.name):
        grade(ledger, asked, RUBRIC, LEVELS, "ann", NOW)
    found = agreements(ledger, RUBRIC, "rules@1")
    assert found["rapport"].n == 39 and found["clarity"].n == 0
    assert agreements(ledger, RUBRIC, "openai:m")["rapport"].n == 0


def test_a_dispute_needs_a_review(ledger: Ledger) -> None:
    with pytest.raises(NotFound):
        dispute(ledger, "nobody", 1, RUBRIC.name, NOW)


def test_an_item_below_the_line_is_hidden_from_coaches_and_from_the_points(
    ledger: Ledger, tmp_path: Path
) -> None:
    reviewed(ledger, 60)
    queue_for_people(ledger, RUBRIC.name, NOW, share=1)
    luck = Random(3)
    for asked in waiting(ledger, RUBRIC.name, limit=60):
        grade(ledger, asked, RUBRIC, LEVELS | {"goal_set": luck.randint(1, 4)}, "ann", NOW)
    found = agreements(ledger, RUBRIC, "rules@1")
    entry = ledger.find("s0", 1, RUBRIC.name)
    assert entry and found["goal_set"].state == "below_the_line"
    shown = for_coaches(entry.review, RUBRIC, found)
    assert "goal_set" not in {one.item for one in shown.items}
    assert shown.points != entry.review.points
    write_days(ledger, tmp_path, ledger.days())
    files = str(REVIEWS.folder(tmp_path) / "*" / "*.parquet")
    items, points = duckdb.execute(
        "SELECT items, points FROM read_parquet(?) WHERE session_id = 's0'", [files]
    ).fetchall()[0]
    assert "goal_set" not in {one["item"] for one in items}
    assert points == shown.points
