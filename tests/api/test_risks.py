"""Risks to come, first sessions, what acting brought, and who asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.examples import flags, risks


def _ids(answer: Any, key: str) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item[key] for item in answer.json()["items"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["S-9A1C", "S-9A1B"]),
        ("kind=reschedule", ["S-9A1B"]),
        ("tutor_id=T-2", ["S-9A1C"]),
        ("hours_ahead=48", ["S-9A1B"]),
        ("hours_ahead=0", []),
    ],
)
def test_risks_come_highest_first(reader: TestClient, query: str, found: list[str]) -> None:
    assert _ids(reader.get(f"/v1/upcoming-risk?{query}"), "session_id") == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Algebra", "T-3"]),
        ("kind=tutor", ["T-3"]),
        ("kind=subject", ["Algebra"]),
        ("kind=subject&window_days=365", ["French"]),
    ],
)
def test_first_sessions_are_grouped(reader: TestClient, query: str, found: list[str]) -> None:
    assert _ids(reader.get(f"/v1/first-sessions?{query}"), "group_value") == found


def test_too_few_first_sessions_are_a_state_and_no_rate(reader: TestClient) -> None:
    [few] = reader.get("/v1/first-sessions?kind=tutor").json()["items"]
    assert (few["state"], few["poor_rate"], few["judged_count"]) == ("not_enough_data", None, 160)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["A-78", "A-77"]),
        ("state=measured", ["A-77"]),
        ("tutor_id=T-2", ["A-78"]),
        ("horizon_days=28", ["A-77"]),
        ("kind=quality", []),
    ],
)
def test_interventions_come_latest_first(reader: TestClient, query: str, found: list[str]) -> None:
    assert _ids(reader.get(f"/v1/interventions?{query}"), "action_id") == found


def test_rows_are_those_of_their_marts(reader: TestClient) -> None:
    for path, row in [
        ("/v1/upcoming-risk?kind=reschedule", risks.UPCOMING_RISK),
        ("/v1/first-sessions?kind=subject", risks.FIRST_SESSION_PATTERN),
        ("/v1/interventions?state=measured", flags.INTERVENTION),
    ]:
        assert reader.get(path).json()["items"] == [row]


@pytest.mark.parametrize(
    "path",
    ["upcoming-risk?hours_ahead=nan", "first-sessions?window_days=7", "interventions?kind=SECRET"],
)
def test_wrong_choice_is_refused(reader: TestClient, path: str) -> None:
    answer = reader.get(f"/v1/{path}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "SECRET" not in answer.text


def test_a_person_is_told_their_role(browser: TestClient) -> None:
    assert browser.get("/v1/me").json() == {
        "username": "dana",
        "display_name": "Dana <b>",
        "role": "coach",
        "scopes": None,
        "expires_at": None,
    }


def test_a_token_is_told_its_scopes_and_its_end(
    stranger: TestClient, make_token: Callable[[str], dict[str, str]]
) -> None:
    me = stranger.get("/v1/me", headers=make_token("marts:read")).json()
    assert (me["username"], me["role"], me["scopes"]) == ("rails", None, ["marts:read"])
    assert me["expires_at"].endswith("Z")


def test_nobody_is_not_told_who_they_are(stranger: TestClient) -> None:
    assert stranger.get("/v1/me").status_code == 401
