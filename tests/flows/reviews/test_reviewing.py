"""A round of reviews over a real lake and a published set, and what of it becomes data."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core.errors import MartsNotPublished
from core.lake import REVIEWS
from core.marts import Marts
from flows.reviews.due import Consent, find_due, may_leave
from flows.reviews.ledger import Ledger
from flows.reviews.openai_client import open_client
from flows.reviews.openai_grader import OpenAIGrader
from flows.reviews.reviewing import Plan, ReviewsSummary, review_due
from flows.reviews.rubric import load_rubric
from flows.reviews.spending import Caps
from tests.flows.reviews import model_server as says
from tests.flows.reviews.answering import answer
from tests.flows.reviews.conftest import TURNS
from tests.flows.reviews.model_server import ModelServer
from tests.flows.reviews.small_lake import NOW, land, publish
from tests.flows.reviews.test_openai_grader import PRICES

YES = {"ai_consent": True}


def a_round(
    folder: Path,
    ledger: Ledger,
    server: ModelServer | None = None,
    *,
    now: datetime = NOW,
    consent: Consent = "ask",
    with_flagged: bool = False,
    most: int = 100,
) -> ReviewsSummary:
    plan = Plan(load_rubric(), Caps(5, 1), consent, with_flagged, NOW - timedelta(days=30), most)

    async def once() -> ReviewsSummary:
        url = server.url if server else "http://127.0.0.1:9/v1"
        async with open_client(url, "k", retries=0) as client:
            model = OpenAIGrader(client, "m-1", PRICES) if server else None
            marts = Marts(folder / "marts")
            return await review_due(marts, folder / "lake", ledger, plan, model, lambda: now)

    return asyncio.run(once())


def rows(folder: Path) -> list[dict[str, Any]]:
    """Returns the dataset as dbt would read it."""
    glob = str(REVIEWS.folder(folder / "lake") / "*" / "*.parquet")
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        found = connection.execute("FROM read_parquet(?, hive_partitioning = true)", [glob])
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_first_sessions_with_texts_are_reviewed_and_become_data(
    tmp_path: Path, ledger: Ledger
) -> None:
    land(tmp_path / "lake", "s1", TURNS, feedback="My tutor was late, I hate waiting for her.")
    land(tmp_path / "lake", "s2", notes="Worked on fractions.")
    land(tmp_path / "lake", "s3")
    publish(tmp_path / "marts", ["s1", "s2", "s3"])
    assert a_round(tmp_path, ledger) == ReviewsSummary(reviewed=2, by_rules=2)
    first, second = sorted(rows(tmp_path), key=lambda row: str(row["session_id"]))
    assert (first["session_id"], first["grader"], first["status"]) == ("s1", "rules@1", "graded")
    assert [one["code"] for one in first["findings"]] == ["tutor_late"]
    assert first["findings"][0]["turn"] == len(TURNS) and first["reviewed_on"] == date(2026, 11, 26)
    assert second["points"] is None and second["reviewed_at"] == NOW


def test_no_words_of_anybody_are_in_the_dataset(tmp_path: Path, ledger: Ledger) -> None:
    land(tmp_path / "lake", "s1", TURNS, feedback="My tutor was late.")
    publish(tmp_path / "marts", ["s1"])
    a_round(tmp_path, ledger)
    stored = b"".join(
        path.read_bytes() for path in REVIEWS.folder(tmp_path / "lake").rglob("*.parquet")
    )
    assert not any(word in stored for word in (b"late.", b"fractions", b"Okoro", b"meet you"))


def test_a_second_round_has_nothing_to_do(tmp_path: Path, ledger: Ledger) -> None:
    land(tmp_path / "lake", "s1", TURNS)
    publish(tmp_path / "marts", ["s1"])
    a_round(tmp_path, ledger)
    assert a_round(tmp_path, ledger) == ReviewsSummary()


def test_a_corrected_text_is_reviewed_anew(tmp_path: Path, ledger: Ledger) -> None:
    land(tmp_path / "lake", "s1", TURNS)
    publish(tmp_path / "marts", ["s1"])
    a_round(tmp_path, ledger)
    land(tmp_path / "lake", "s1", TURNS[:3], version=2)
    assert a_round(tmp_path, ledger).reviewed == 1
    assert sorted(row["version"] for row in rows(tmp_path)) == [1, 2]


def test_only_sessions_with_consent_go_to_the_model(
    tmp_path: Path, ledger: Ledger, server: ModelServer
) -> None:
    server.say(says.answers(answer()))
    for session, extra in (("yes", YES), ("no", {"ai_consent": False}), ("silent", None)):
        land(tmp_path / "lake", session, TURNS, extra=extra)
    publish(tmp_path / "marts", ["yes", "no", "silent"])
    summary = a_round(tmp_path, ledger, server)
    assert (summary.by_model, summary.by_rules, len(server.asked)) == (1, 2, 1)
    graders = {row["session_id"]: row["grader"] for row in rows(tmp_path)}
    assert graders == {"yes": "openai:m-1", "no": "rules@1", "silent": "rules@1"}


@pytest.mark.parametrize(
    ("said", "consent", "goes"),
    [
        ("true", "ask", True),
        (None, "ask", False),
        ("maybe", "ask", False),
        (None, "given", True),
        ("false", "given", False),
        ("No", "given", False),
        ("true", "never", False),
    ],
)
def test_a_no_always_holds(said: str | None, consent: Consent, goes: bool) -> None:
    assert may_leave(said, consent) is goes


def test_what_is_pending_waits_for_its_time_and_then_takes_the_place(
    tmp_path: Path, ledger: Ledger, server: ModelServer
) -> None:
    land(tmp_path / "lake", "s1", TURNS, extra=YES)
    publish(tmp_path / "marts", ["s1"])
    server.say(says.fails(500))
    assert a_round(tmp_path, ledger, server).pending == 1
    assert [row["status"] for row in rows(tmp_path)] == ["pending"]
    server.say(says.answers(answer()))
    assert a_round(tmp_path, ledger, server).reviewed == 0
    later = NOW + timedelta(days=1)
    assert a_round(tmp_path, ledger, server, now=later).by_model == 1
    [row] = rows(tmp_path)  # the day before lost it
    assert (row["status"], row["grader"]) == ("graded", "openai:m-1")
    assert row["reviewed_on"] == date(2026, 11, 27)


def test_a_key_that_comes_later_lets_the_model_speak(
    tmp_path: Path, ledger: Ledger, server: ModelServer
) -> None:
    land(tmp_path / "lake", "s1", TURNS, extra=YES)
    publish(tmp_path / "marts", ["s1"])
    assert a_round(tmp_path, ledger).by_rules == 1
    server.say(says.answers(answer()))
    assert a_round(tmp_path, ledger, server).by_model == 1


def test_flagged_tutors_sessions_come_only_by_the_setting(tmp_path: Path, ledger: Ledger) -> None:
    land(tmp_path / "lake", "late", notes="Fine.")
    publish(tmp_path / "marts", [], flagged=["late"])
    assert a_round(tmp_path, ledger).reviewed == 0
    assert a_round(tmp_path, ledger, with_flagged=True).reviewed == 1


def test_the_newest_come_first_and_a_round_has_its_limit(tmp_path: Path, ledger: Ledger) -> None:
    for session in ("a", "b", "c"):
        land(tmp_path / "lake", session, notes="Fine.")
    publish(tmp_path / "marts", ["c", "a", "b"])
    summary = a_round(tmp_path, ledger, most=2)
    assert (summary.reviewed, summary.left) == (2, 1)
    assert {row["session_id"] for row in rows(tmp_path)} == {"c", "a"}


def test_without_a_published_set_it_says_so(tmp_path: Path, ledger: Ledger) -> None:
    with pytest.raises(MartsNotPublished):
        a_round(tmp_path, ledger)


def test_texts_that_retention_removed_are_no_longer_due(tmp_path: Path, ledger: Ledger) -> None:
    publish(tmp_path / "marts", ["s1"])
    land(tmp_path / "lake", "other", notes="Fine.")
    due = find_due(
        Marts(tmp_path / "marts"),
        tmp_path / "lake",
        ledger,
        load_rubric().name,
        now=datetime.now(UTC),
        since=NOW - timedelta(days=30),
        consent="ask",
        has_model=False,
        with_flagged=False,
    )
    assert due == []
