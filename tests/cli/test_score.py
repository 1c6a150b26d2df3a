"""`workbench score explain` gives the receipt that API and dashboard show, to the last digit."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from cli.building import build_once
from cli.receipt_words import receipt_lines
from core.lake import SESSIONS
from core.marts import Marts
from core.receipt import read_receipt
from core.settings import Settings, load_settings
from core.snapshot import open_snapshot
from core.tokens import KeyRing
from notebooks import data, text
from notebooks.pages import tutor
from notebooks.viewer import NOBODY
from tests.cli.conftest import Workbench
from tests.warehouse.tiny_world import (
    AS_OF,
    BATCHES,
    land,
    land_batch,
    land_reviews,
    month,
    rounded,
)

BAD = "t-bad"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The tiny world, published."""
    settings = load_settings(data_dir=tmp_path_factory.mktemp("company"))
    for number in range(1, BATCHES + 1):
        land_batch(settings.lake_dir, number)
    land_reviews(settings.lake_dir, {f"t-clean-{n}": 40 + 10 * n for n in range(5)})
    build_once(settings, AS_OF, full=True)
    return settings


@pytest.fixture
def explain(workbench: Workbench, company: Settings, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    monkeypatch.setenv("WORKBENCH_DATA_DIR", str(company.data_dir))
    return lambda *words: workbench("score", "explain", *words)


@pytest.fixture
def client(explain: Workbench) -> TestClient:
    """An API client of the same published set."""
    settings = load_settings()
    keys = KeyRing.load(settings.secrets_dir)
    token = keys.issue("test", {"marts:read"}, datetime.now(UTC), timedelta(hours=1))
    headers = {"authorization": f"Bearer {token}"}
    return TestClient(create_app(settings), base_url="http://127.0.0.1:8080", headers=headers)


def _json(explain: Workbench, *words: str) -> dict[str, Any]:
    said = explain(*words, "--json")
    assert (said.code, said.err) == (0, "")
    told: dict[str, Any] = json.loads(said.out)
    return told


def test_the_receipt_is_the_one_of_the_api(explain: Workbench, client: TestClient) -> None:
    told = _json(explain, BAD)["score"]
    served = client.get(f"/v1/tutors/{BAD}").json()
    names = ("score", "score_low", "score_high", "baseline", "effective_session_count")
    assert [told[name] for name in names] == [served[name] for name in names]
    assert told["components"] == served["components"] and len(told["components"]) == 4
    assert told["formula_version"] == served["formula_version"]


@pytest.mark.parametrize(
    ("words", "query"),
    [
        ([], ""),
        (["--as-of", "2026-11-15"], "&as_of=2026-11-15"),
        (["--session", "t-bad-30"], "&session_id=t-bad-30"),
        (
            ["--as-of", "2026-11-15", "--session", f"{BAD}-0"],
            f"&as_of=2026-11-15&session_id={BAD}-0",
        ),
    ],
)
def test_the_api_gives_the_receipt_to_the_last_digit(
    explain: Workbench, client: TestClient, words: list[str], query: str
) -> None:
    served = client.get(f"/v1/score/explain?tutor_id={BAD}{query}")
    assert served.status_code == 200, served.text
    _same(served.json(), _json(explain, BAD, *words))


def _same(served: Any, told: Any) -> None:
    """Asserts that all that is served is what is told, moments aside from how they are written."""
    if isinstance(served, dict):
        for name in served:
            _same(served[name], told[name])
    elif isinstance(served, list):
        assert len(served) == len(told)
        for one, other in zip(served, told, strict=True):
            _same(one, other)
    elif served != told:
        assert datetime.fromisoformat(served) == datetime.fromisoformat(told)


@pytest.mark.parametrize("query", ["session_id=t-clean-1", "as_of=2020-01-01"])
def test_the_api_says_what_it_has_not_without_repeating_it(client: TestClient, query: str) -> None:
    answer = client.get(f"/v1/score/explain?tutor_id={BAD}&{query}")
    assert answer.status_code == 404
    assert (BAD not in answer.json()["detail"] and "/v1/" in answer.text) or "kept" in answer.text


def test_the_words_are_those_of_the_dashboard(explain: Workbench) -> None:
    said = explain(BAD).out
    reader = data.Reader(data.open_marts(load_settings().marts_dir), 1)
    page = str(tutor.compose(reader, {"tutor": BAD}, 1, NOBODY).body)
    card = data.tutor(reader, BAD)
    assert card
    shown = [text.points(part["points"]) for part in card["components"]]
    shown += [text.interval(card["score_low"], card["score_high"], 1), card["clears_text"]]
    assert len(shown) == 6
    assert all(words in page and words in said for words in shown)


def test_the_points_printed_sum_to_the_score_printed(explain: Workbench) -> None:
    lines = explain(BAD).out.replace("\u2212", "-").splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("Platform baseline"))
    last = next(n for n, line in enumerate(lines) if line.startswith("Score "))
    parts = [line for line in lines[first:last] if not line.startswith(" ")]
    assert len(parts) == 5
    tenths = sum(round(10 * float(part.split()[-1])) for part in parts)
    assert tenths == round(10 * float(lines[last].split()[1]))


def test_a_day_of_the_history_is_told_as_it_is_kept(explain: Workbench, client: TestClient) -> None:
    told = _json(explain, BAD, "--as-of", "2026-11-15")["score"]
    days = client.get(f"/v1/tutors/{BAD}/scores?days=30").json()["items"]
    [served] = [day for day in days if day["score_date"] == "2026-11-15"]
    points = {part["component"]: part["points"] for part in told["components"]}
    assert points == {name: served[f"{name}_points"] for name in points} and len(points) == 4
    assert told["score"] == served["score"]
    assert "Sun 15 Nov 2026" in explain(BAD, "--as-of", "2026-11-15").out


def test_a_session_tells_what_it_brought(explain: Workbench) -> None:
    said = explain(BAD, "--session", "t-bad-30").out
    assert "Started 12 min late; caused by: nobody, it was held" in said
    assert "Attendance: observed 1.00, expected of such a slot" in said
    [late] = [
        row
        for row in _json(explain, BAD, "--session", "t-bad-30")["session"]["evidence"]
        if row["component"] == "attendance"
    ]
    assert late["observed"] == 1 and 0 < late["expected"] < 0.5
    spared = explain("t-blamed", "--session", "t-blamed-x1").out
    assert "Counts for nothing: the tutor did not cause it." in spared


def test_a_slot_that_the_tutor_moved_counts_from_its_day_on(company: Settings) -> None:
    receipt = read_receipt(open_snapshot(Marts(company.marts_dir)), BAD, session_id=f"{BAD}-0")
    assert receipt["session"]["caused_by"] == "tutor" and receipt["session"]["evidence"]
    ahead = {"scheduled_start": AS_OF + timedelta(days=2), "evidence": []}
    said = list(receipt_lines(receipt | {"session": receipt["session"] | ahead}))
    assert said[-1] == "Still to come, so it counts for nothing yet."


def test_peers_stand_beside_the_score(explain: Workbench) -> None:
    band = _json(explain, BAD)["peers"]
    assert band["peer_count"] == 0 and band["score_p50"] is None
    assert "Peers (not told, here for: years): too few to compare with" in explain(BAD).out
    told = _json(explain, "t-clean")["peers"]
    assert told["score_p10"] < told["score_p50"] < told["score_p90"]
    line = f"n {told['peer_count']}): {told['score_p10']:.1f}"
    assert line in explain("t-clean").out


def test_reviews_stand_beside_the_score_and_say_who_spoke(explain: Workbench) -> None:
    [reviews] = _json(explain, "t-clean")["reviews"]
    assert (reviews["review_count"], reviews["points"], reviews["state"]) == (5, 60, "told")
    assert reviews["points_low"] < 60 < reviews["points_high"]
    line = "No part of the score: 5 reviews in 90 days by rules@1: 60 of 100 points"
    assert line in explain("t-clean").out
    assert _json(explain, BAD)["reviews"] == []


def test_too_little_is_a_state_and_no_number(explain: Workbench) -> None:
    said = explain("t-new").out
    assert "New tutor: " in said and "No score is shown" in said and "Score  " not in said


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["t-nobody"], "No tutor t-nobody is known."),
        ([BAD, "--session", "t-clean-1"], "t-bad has no session t-clean-1."),
        ([BAD, "--as-of", "2020-01-01"], "There is no score of t-bad on 2020-01-01."),
        ([BAD, "--as-of", "2026-11-15", "--as-known", "2026-11-15"], "not both"),
    ],
)
def test_what_is_not_there_is_one_line(explain: Workbench, words: list[str], reason: str) -> None:
    said = explain(*words)
    assert said.code == 1 and said.is_one_line and reason in said.err


def test_a_day_is_told_as_it_was_known_then(explain: Workbench) -> None:
    before = _json(explain, BAD)["score"]
    late = {"received_at": AS_OF + timedelta(days=1), "version": 9}
    rows = [row | late for row in month(BAD, count=56, moves=0)]
    land(load_settings().lake_dir, SESSIONS, rows, 50_000, is_backfill=False)
    said = explain(BAD, "--as-known", "2026-11-20", "--json")
    known = json.loads(said.out)["score"]
    assert said.code == 0 and said.err.startswith("Building the warehouse as it was known on")
    for name in ("components", "score", "score_low", "score_high", "state_text"):
        assert rounded(known[name]) == rounded(before[name])
    assert load_settings().data_dir.joinpath("as-known", "2026-11-20", "marts").is_dir()
