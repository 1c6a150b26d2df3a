"""What coaches do about flags is kept by a real ingest in their names, and never twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import duckdb
import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.accounts import create_account
from api.examples import flags
from api.ingest_state import IngestClient
from bench.system import wait_until
from core.lake import FLAG_ACTIONS
from core.settings import Settings
from core.under_way import read_acts
from tests.api.conftest import ORIGIN, PASSWORD, Publish
from tests.api.running_ingest import running_ingest

Kept = Callable[[], list[dict[str, Any]]]
FLAG, OTHER = flags.FLAG["flag_id"], flags.FLAG_ACTION["flag_id"]
TAKE: dict[str, Any] = {
    "action_id": "4f2a",
    "flag_ids": [FLAG, OTHER],
    "action": "assign",
    "assignee": "dana",
    "seen_seq": flags.FLAG_ACTION["ingest_seq"],
}


@pytest.fixture
def ingest(web_app: FastAPI, web_settings: Settings) -> Iterator[httpx.Client]:
    with running_ingest(web_app, web_settings) as client:
        yield client


@pytest.fixture
def coach(browser: TestClient, publish: Publish, ingest: httpx.Client) -> TestClient:
    """Dana, logged in, with a published set and an ingest that runs."""
    publish()
    return browser


@pytest.fixture
def log_in(web_settings: Settings, stranger: TestClient) -> Callable[[str, str], None]:
    def log_in(name: str, role: str) -> None:
        path = web_settings.accounts_path
        create_account(path, name, PASSWORD, role, datetime.now(UTC))
        stranger.cookies.clear()
        answer = stranger.post("/login", data={"username": name, "password": PASSWORD})
        assert answer.status_code == 303
        stranger.headers["origin"] = ORIGIN

    return log_in


@pytest.fixture
def kept(web_app: FastAPI, web_settings: Settings) -> Kept:
    """Returns all actions in the lake, once everything that was accepted is there."""

    def read() -> list[dict[str, Any]]:
        figures = web_app.state.web.ingest.state(0).figures
        wait_until(lambda: _is_drained(web_app.state.web.ingest), 30, "the lake has it all")
        if not figures["accepted_seq"]:
            return []
        files = FLAG_ACTIONS.folder(web_settings.lake_dir) / "received_on=*" / "*.parquet"
        found = duckdb.execute(f"FROM read_parquet('{files}') ORDER BY ingest_seq")
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    return read


def _is_drained(ingest: IngestClient) -> bool:
    figures = ingest.state(0).figures
    return bool(figures["drained_seq"] == figures["accepted_seq"])


def _act(client: TestClient, **changes: Any) -> httpx.Response:
    return client.post("/v1/flag-actions", json=TAKE | changes)


def test_an_act_is_kept_for_each_flag_in_the_name_of_who_is_logged_in(
    coach: TestClient, kept: Kept
) -> None:
    answer = _act(coach)
    assert (answer.status_code, answer.json()) == (202, {"action_ids": ["4f2a.0", "4f2a.1"]})
    rows = kept()
    assert [(row["sender"], row["flag_id"], row["assignee"]) for row in rows] == [
        ("dana", FLAG, "dana"),
        ("dana", OTHER, "dana"),
    ]
    assert "seen_seq" not in rows[0]


def test_the_same_act_sent_again_is_kept_once(coach: TestClient, kept: Kept) -> None:
    assert [_act(coach).status_code for _ in range(3)] == [202, 202, 202]
    assert len(kept()) == 2


def test_an_act_on_what_a_colleague_did_meanwhile_is_refused_and_says_who_did_what(
    coach: TestClient, kept: Kept
) -> None:
    answer = _act(coach, seen_seq=0)
    assert answer.status_code == 409
    assert "priya acknowledged this" in answer.json()["detail"]
    assert kept() == []


def test_two_coaches_with_the_same_page_do_not_overwrite_each_other(
    coach: TestClient, log_in: Callable[[str, str], None], kept: Kept
) -> None:
    assert _act(coach).status_code == 202
    log_in("priya", "coach")
    answer = _act(coach, action_id="5b", action="resolve", reason_code="talked")
    assert answer.status_code == 409
    assert "dana assigned this less than a minute ago" in answer.json()["detail"]
    assert {row["sender"] for row in kept()} == {"dana"}


def test_what_is_stored_is_told_to_open_pages_until_a_set_has_it(
    coach: TestClient, web_settings: Settings
) -> None:
    coach.post("/v1/flag-actions", json=TAKE)
    told = read_acts(web_settings.acts_path)
    assert [(act.action, act.acted_by, act.assignee) for act in told] == [
        ("assign", "dana", "dana")
    ] * 2
    assert {act.flag_id for act in told} == {FLAG, OTHER}
    coach.post("/v1/flag-actions/undo", json={"action_ids": [act.action_id for act in told]})
    told = read_acts(web_settings.acts_path)
    assert [(act.action, act.version, act.reason_code) for act in told] == [
        ("undo", 2, "assign")
    ] * 2


def test_one_may_go_on_before_ones_own_act_is_published(coach: TestClient, kept: Kept) -> None:
    assert _act(coach).status_code == 202
    note = {"action_id": "6c", "action": "note", "note": "Called on Monday."}
    assert _act(coach, **note).status_code == 202
    assert [row["action"] for row in kept()] == ["assign"] * 2 + ["note"] * 2


def test_what_one_did_can_be_taken_back_once(coach: TestClient, kept: Kept) -> None:
    done = _act(coach).json()
    assert coach.post("/v1/flag-actions/undo", json=done).status_code == 202
    undone = kept()[2:]
    assert [(row["action_id"], row["version"], row["action"]) for row in undone] == [
        ("4f2a.0", 2, "undo"),
        ("4f2a.1", 2, "undo"),
    ]
    assert undone[0]["reason_code"] == "assign"
    again = coach.post("/v1/flag-actions/undo", json=done)
    assert (again.status_code, "already" in again.json()["detail"]) == (409, True)


def test_only_an_admin_takes_back_what_somebody_else_did(
    coach: TestClient, log_in: Callable[[str, str], None]
) -> None:
    published = {"action_ids": ["app-7"]}
    assert coach.post("/v1/flag-actions/undo", json=published).status_code == 403
    log_in("olga", "admin")
    assert coach.post("/v1/flag-actions/undo", json=published).status_code == 202


def test_an_analyst_and_a_program_do_not_act(
    coach: TestClient,
    log_in: Callable[[str, str], None],
    make_token: Callable[[str], dict[str, str]],
    kept: Kept,
) -> None:
    log_in("anna", "analyst")
    assert _act(coach).status_code == 403
    coach.cookies.clear()
    by_token = coach.post("/v1/flag-actions", json=TAKE, headers=make_token("marts:read"))
    assert by_token.status_code == 403 and "ingest API" in by_token.json()["detail"]
    assert kept() == []


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"flag_ids": ["T-9|reliability|2026-11-20"]}, 404),
        ({"flag_ids": ["nonsense"]}, 422),
        ({"action": "erase"}, 422),
        ({"until_sessions": 0}, 422),
        ({"unheard": "of"}, 422),
    ],
)
def test_what_makes_no_sense_is_refused_and_not_kept(
    coach: TestClient, kept: Kept, changes: dict[str, Any], status: int
) -> None:
    answer = _act(coach, **changes)
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    )
    assert kept() == []


def test_a_foreign_page_cannot_act(coach: TestClient) -> None:
    coach.headers["origin"] = "https://evil.example"
    assert _act(coach).status_code == 403


def test_without_ingest_nothing_is_said_to_be_done(browser: TestClient, publish: Publish) -> None:
    publish()
    answer = _act(browser)
    assert answer.status_code == 503
    assert "workbench up" in answer.json()["detail"]
