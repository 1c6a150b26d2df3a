"""The ledger keeps one review a session, version and rubric, counts money, and forgets on time."""

from __future__ import annotations

import asyncio
import stat
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from flows.reviews.grader import Answer, Usage
from flows.reviews.ledger import Entry, Ledger
from flows.reviews.reviewer import Reviewer
from flows.reviews.rubric import load_rubric
from flows.reviews.spending import Caps, set_aside, settle, spent_on
from tests.flows.reviews.answering import answer
from tests.flows.reviews.conftest import material

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
TODAY = date(2026, 11, 26)
RUBRIC = load_rubric().name


def kept(ledger: Ledger, session: str = "s1", now: datetime = NOW) -> Entry:
    reviewer = Reviewer(ledger, load_rubric(), lambda: now)
    asyncio.run(reviewer.review(material(session, feedback="My tutor was late, said Zoe.")))
    entry = ledger.find(session, 1, RUBRIC)
    assert entry
    return entry


def test_a_review_is_read_back_as_it_was_kept(ledger: Ledger) -> None:
    entry = replace(kept(ledger), next_try_at=NOW, attempts=2, status="pending", reason="slow")
    ledger.keep(entry)
    assert ledger.find("s1", 1, RUBRIC) == entry and ledger.find("s1", 2, RUBRIC) is None


def test_a_newer_review_replaces_the_older_and_both_days_changed(ledger: Ledger) -> None:
    entry = kept(ledger)
    later = replace(entry, reviewed_at=NOW + timedelta(days=1))
    assert ledger.keep(later) == {TODAY, TODAY + timedelta(days=1)}
    assert ledger.reviewed_on(TODAY) == [] and ledger.reviewed_on(date(2026, 11, 27)) == [later]


def test_forgotten_quotes_are_gone_from_the_file(ledger: Ledger, tmp_path: Path) -> None:
    entry = kept(ledger)
    ledger.cache("k", Answer.model_validate(answer()), NOW)
    kept(ledger, "s2", NOW + timedelta(days=200))
    assert ledger.forget_texts(NOW + timedelta(days=180)) == 1
    assert ledger.forget_texts(NOW + timedelta(days=180)) == 0
    bare = ledger.find("s1", 1, RUBRIC)
    assert bare and bare.review.points == entry.review.points
    assert {one.quote.text for one in bare.review.findings} == {""}
    assert ledger.cached("k") is None
    ledger.forget_texts(NOW + timedelta(days=999))
    stored = b"".join(path.read_bytes() for path in (tmp_path / "reviews").iterdir())
    assert b"My tutor was late" not in stored and b"get better at fractions" not in stored


def test_quotes_of_one_session_are_forgotten_on_request_and_those_of_others_stay(
    ledger: Ledger, tmp_path: Path
) -> None:
    kept(ledger)
    kept(ledger, "s2")
    assert ledger.forget_sessions(["s1", "s-unknown"]) == 1
    gone, stays = ledger.find("s1", 1, RUBRIC), ledger.find("s2", 1, RUBRIC)
    assert gone and {one.quote.text for one in gone.review.findings} == {""}
    assert stays and "" not in {one.quote.text for one in stays.review.findings}


def test_the_folder_is_for_its_owner_alone(ledger: Ledger, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "reviews").stat().st_mode) == 0o700


def test_money_is_set_aside_before_a_call_and_settled_after(ledger: Ledger) -> None:
    caps = Caps(day_usd=1.0, session_usd=0.6)
    call = set_aside(ledger, "s1", "openai:m", 0.5, caps, NOW)
    assert call and spent_on(ledger, TODAY).usd == 0.5
    assert set_aside(ledger, "s1", "openai:m", 0.2, caps, NOW) is None  # over the session's cap
    assert set_aside(ledger, "s2", "openai:m", 0.51, caps, NOW) is None  # over the day's
    settle(ledger, call, Usage(10, 5, 3, 0.1), "graded")
    day = spent_on(ledger, TODAY)
    assert (day.usd, day.calls, day.input_tokens, day.output_tokens) == (0.1, 1, 10, 3)
    assert set_aside(ledger, "s2", "openai:m", 0.6, caps, NOW)


def test_a_call_that_was_never_settled_counts_in_full(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.sqlite") as first:
        set_aside(first, "s1", "openai:m", 0.5, Caps(1, 1), NOW)
    with Ledger(tmp_path / "l.sqlite") as second:
        assert spent_on(second, TODAY).usd == 0.5


@pytest.mark.parametrize(("hour", "day"), [(0, TODAY), (23, TODAY)])
def test_a_day_goes_from_midnight_to_midnight_utc(ledger: Ledger, hour: int, day: date) -> None:
    at = datetime(2026, 11, 26, hour, 59, 59, 999_999, tzinfo=UTC)
    set_aside(ledger, "s1", "openai:m", 0.5, Caps(1, 1), at)
    assert spent_on(ledger, day).usd == 0.5
    assert spent_on(ledger, day + timedelta(days=1)).usd == 0
    assert spent_on(ledger, day - timedelta(days=1)).usd == 0
