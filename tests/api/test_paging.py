"""Cursors and chosen fields: of every list, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.conftest import Publish, example_marts

SESSIONS = "/v1/tutors/T-1043/sessions"
LISTS = [
    ("/v1/tutors", "tutor_id"),
    (SESSIONS, "session_id"),
    ("/v1/flags", "flag_id"),
    ("/v1/needs-attention", "tutor_id"),
    ("/v1/upcoming-risk", "session_id"),
    ("/v1/first-sessions", "group_value"),
    ("/v1/interventions", "action_id"),
    ("/v1/tutors?as_of=2026-11-21", "tutor_id"),
]


def _walk(client: TestClient, path: str, limit: int) -> list[dict[str, Any]]:
    """Returns the rows of all pages."""
    joined = "&" if "?" in path else "?"
    page = client.get(f"{path}{joined}limit={limit}").json()
    rows = page["items"]
    while page["next"]:
        page = client.get(f"{path}{joined}limit={limit}&cursor={page['next']}").json()
        rows += page["items"]
    return list(rows)


@pytest.mark.parametrize(("path", "key"), LISTS)
def test_pages_by_cursor_are_the_list(reader: TestClient, path: str, key: str) -> None:
    whole = reader.get(path).json()
    assert whole["next"] is None
    assert _walk(reader, path, 1) == whole["items"]
    assert len(whole["items"]) == whole["total"]


def test_a_page_may_be_larger_than_the_one_before(reader: TestClient) -> None:
    first = reader.get(f"{SESSIONS}?limit=3").json()
    rest = reader.get(f"{SESSIONS}?limit=500&cursor={first['next']}").json()
    assert (rest["offset"], len(rest["items"]), rest["next"]) == (3, 5, None)


def test_a_cursor_of_another_set_is_refused_and_says_what_to_do(
    browser: TestClient, publish: Publish
) -> None:
    publish(1)
    cursor = browser.get("/v1/tutors?limit=1").json()["next"]
    publish(2)
    answer = browser.get(f"/v1/tutors?limit=1&cursor={cursor}")
    assert (answer.status_code, answer.json()["title"]) == (410, "The list has changed")
    assert "Start again without cursor" in answer.json()["detail"]
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/v1/tutors?sort=score", "another list"),
        ("/v1/tutors?state=scored", "another list"),
        ("/v1/flags?", "another list"),
        ("/v1/tutors?offset=1", "not both"),
    ],
)
def test_a_cursor_belongs_to_its_question(reader: TestClient, path: str, reason: str) -> None:
    cursor = reader.get("/v1/tutors?limit=1").json()["next"]
    answer = reader.get(f"{path}&limit=1&cursor={cursor}")
    assert answer.status_code == 422
    assert reason in answer.json()["detail"]


@pytest.mark.parametrize(
    "cursor", ["", "SECRET", "W10", "bnVsbA", "%00", "WyJhIiwiYiIsLTFd", "\u00e9"]
)
def test_what_is_no_cursor_is_refused_and_not_echoed(reader: TestClient, cursor: str) -> None:
    answer = reader.get("/v1/tutors", params={"cursor": cursor})
    assert answer.status_code == 422
    assert "This is no cursor" in answer.json()["detail"]
    assert "SECRET" not in answer.text


def test_only_the_chosen_fields_come(reader: TestClient) -> None:
    page = reader.get("/v1/tutors?fields=score,tutor_id&limit=1").json()
    assert page["items"] == [{"tutor_id": "T-2", "score": 70.5}]
    assert (page["total"], page["published"]) == (3, 1)
    one = reader.get("/v1/tutors/T-1043?fields=score").json()
    assert one == {"score": 41.0}


def test_a_cursor_keeps_with_other_fields(reader: TestClient) -> None:
    cursor = reader.get("/v1/tutors?limit=1&fields=score").json()["next"]
    page = reader.get(f"/v1/tutors?limit=1&fields=tutor_id&cursor={cursor}").json()
    assert page["items"] == [{"tutor_id": "T-3"}]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/tutors?fields=SECRET",
        "/v1/tutors?fields=",
        "/v1/tutors/T-1043?fields=tutor_id,SECRET",
        "/v1/tutors/T-1043/scores?fields=SECRET",
        "/v1/sessions/S-8F2K?fields=SECRET",
        "/v1/platform/days?fields=SECRET",
        "/v1/freshness?fields=SECRET",
    ],
)
def test_an_unknown_field_is_answered_with_those_there_are(reader: TestClient, path: str) -> None:
    answer = reader.get(path)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("fields takes, with commas between: ")
    assert "SECRET" not in answer.text


def test_rows_that_tie_keep_one_order(browser: TestClient, publish: Publish) -> None:
    [card, *_] = example_marts()["rpt_tutor_scorecards"]
    publish(1, rpt_tutor_scorecards=[card | {"tutor_id": f"T-{n}"} for n in range(9)])
    walked = [row["tutor_id"] for row in _walk(browser, "/v1/tutors?sort=-score", 2)]
    assert walked == [f"T-{n}" for n in range(9)]
