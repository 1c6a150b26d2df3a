"""Rounds by settings: who speaks, one at a time, and never in anybody's way."""

from __future__ import annotations

import asyncio
import fcntl
import logging
from datetime import timedelta
from pathlib import Path

import pytest

from core.lake import REVIEWS
from core.settings import Settings, load_settings
from flows.reviews.flow import in_words
from flows.reviews.ledger import Ledger
from flows.reviews.planning import count_due
from flows.reviews.reviewing import ReviewsSummary
from flows.reviews.rounds import (
    find_monthly_themes,
    forget_old_texts,
    review_quietly,
    review_round,
    show_what_is_agreed,
)
from flows.reviews.rubric import load_rubric
from tests.flows.reviews import model_server as says
from tests.flows.reviews.answering import answer
from tests.flows.reviews.conftest import TURNS
from tests.flows.reviews.model_server import ModelServer
from tests.flows.reviews.small_lake import NOW, land, publish


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    land(tmp_path / "lake", "s1", TURNS, extra={"ai_consent": True})
    land(tmp_path / "lake", "s2", TURNS[:4], feedback="My tutor was late.")
    publish(tmp_path / "marts", ["s1", "s2"])
    return load_settings(data_dir=tmp_path, as_of=NOW, openai_api_key=None)


def with_model(settings: Settings, server: ModelServer) -> Settings:
    return load_settings(
        data_dir=settings.data_dir,
        as_of=NOW,
        openai_api_key="sk-test",
        openai_base_url=server.url,
        openai_model="m-1",
        openai_input_usd=1.0,
        openai_output_usd=10.0,
    )


def test_without_a_key_rules_review_everything(settings: Settings) -> None:
    assert count_due(settings, NOW) == 2
    summary = asyncio.run(review_round(settings, 10))
    assert (summary.reviewed, summary.by_rules, summary.pending) == (2, 2, 0)
    assert count_due(settings, NOW) == 0
    assert "Grader: rules." in in_words(summary, settings)


def test_all_days_are_written_anew_for_who_may_see_what_by_now(settings: Settings) -> None:
    show_what_is_agreed(settings)  # before the first review there is nothing to write
    asyncio.run(review_round(settings, 10))
    files = list(REVIEWS.folder(settings.lake_dir).rglob("reviews.parquet"))
    before = [path.stat().st_ino for path in files]
    show_what_is_agreed(settings)
    assert files and all(path.stat().st_ino not in before for path in files)


def test_with_a_key_the_model_of_the_settings_speaks_where_it_may(
    settings: Settings, server: ModelServer
) -> None:
    server.say(says.answers(answer()))
    configured = with_model(settings, server)
    summary = asyncio.run(review_round(configured, 10))
    assert (summary.by_model, summary.by_rules) == (1, 1) and summary.usd_today > 0
    assert "Grader: openai:m-1." in in_words(summary, configured)


def test_a_round_leaves_the_field_to_one_that_runs(settings: Settings) -> None:
    settings.reviews_path.parent.mkdir(parents=True)
    with settings.reviews_path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert asyncio.run(review_round(settings, 10)) == ReviewsSummary()
    assert asyncio.run(review_round(settings, 10)).reviewed == 2


def test_a_slow_model_holds_up_nobody_elses_loop(settings: Settings, server: ModelServer) -> None:
    server.say(says.drips)
    beats = 0

    async def beat_while_reviewing() -> None:
        nonlocal beats
        review = asyncio.create_task(review_quietly(with_model(settings, server), 10))
        while beats < 20 and not review.done():
            await asyncio.sleep(0.02)
            beats += 1
        server.stopping.set()
        await review

    asyncio.run(beat_while_reviewing())
    assert beats == 20


def test_what_goes_wrong_is_logged_by_name_only_and_raised_to_nobody(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    settings.reviews_path.parent.mkdir(parents=True)
    settings.reviews_path.write_text("this is no ledger: I waited for Priya")
    assert asyncio.run(review_quietly(settings, 10)) is None
    assert "DatabaseError" in caplog.text and "Priya" not in caplog.text


def test_before_the_first_set_there_is_nothing_to_do(tmp_path: Path) -> None:
    empty = load_settings(data_dir=tmp_path)
    assert count_due(empty, NOW) == 0 and asyncio.run(review_quietly(empty, 10)) is None


def test_old_quotes_are_forgotten_with_the_transcripts(settings: Settings) -> None:
    assert forget_old_texts(settings, NOW) == 0 and not settings.reviews_path.exists()
    asyncio.run(review_round(settings, 10))
    assert forget_old_texts(settings, NOW - timedelta(days=180)) == 0
    far = NOW + timedelta(days=100_000)
    assert forget_old_texts(settings, far) == 2
    with Ledger(settings.reviews_path) as ledger:
        entry = ledger.find("s2", 1, load_rubric().name)
    assert entry and {one.quote.text for one in entry.review.findings} == {""}


def test_themes_of_a_month_without_reviews_are_none(settings: Settings) -> None:
    assert asyncio.run(find_monthly_themes(settings)) == []


def test_what_is_too_much_for_a_round_goes_out_as_a_batch(
    settings: Settings, server: ModelServer
) -> None:
    for number in range(3, 6):
        land(settings.lake_dir, f"s{number}", TURNS[:number], extra={"ai_consent": True})
    (settings.marts_dir / "marts-1.duckdb").unlink()
    publish(settings.marts_dir, ["s1", "s3", "s4", "s5"])

    def reply(handler: says.Handler) -> None:
        if "responses" in handler.path:
            says.answers(answer())(handler)
        else:
            handler.send(200, b'{"id": "x-1", "object": "batch", "status": "in_progress"}')

    server.say(reply)
    summary = asyncio.run(review_round(with_model(settings, server), 1))
    assert (summary.by_model, summary.left) == (1, 0)
    assert server.paths[:2] == ["POST /v1/files", "POST /v1/batches"]
    assert server.paths.count("POST /v1/responses") == 1
