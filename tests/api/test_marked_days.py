"""Days are marked by who looks after tutors, for everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from api.accounts import create_account
from core.settings import Settings
from tests.api.conftest import ORIGIN, PASSWORD

DAY = {"day": "2026-11-03", "words": "  Rescheduling   is free "}


def _marked(client: TestClient) -> list[tuple[str, str, str]]:
    items = client.get("/v1/annotations").json()["items"]
    return [(item["day"], item["words"], item["author"]) for item in items]


def test_a_day_is_marked_and_unmarked_in_the_persons_name(browser: TestClient) -> None:
    assert _marked(browser) == []
    answer = browser.post("/v1/annotations", json=DAY)
    assert answer.status_code == 200
    browser.post("/v1/annotations", json={"day": "2026-10-01", "words": "New rubric"})
    assert _marked(browser) == [
        ("2026-10-01", "New rubric", "dana"),
        ("2026-11-03", "Rescheduling is free", "dana"),
    ]
    number = answer.json()["id"]
    assert browser.post(f"/v1/annotations/{number}/remove", json={}).status_code == 200
    assert [day for day, _, _ in _marked(browser)] == ["2026-10-01"]
    assert browser.post(f"/v1/annotations/{number}/remove", json={}).status_code == 404


@pytest.mark.parametrize(
    "asked",
    [
        DAY | {"words": " "},
        DAY | {"words": "x" * 81},
        DAY | {"day": "yesterday"},
        DAY | {"author": "somebody else"},
    ],
)
def test_what_cannot_be_marked_is_said(browser: TestClient, asked: dict[str, str]) -> None:
    answer = browser.post("/v1/annotations", json=asked)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert _marked(browser) == []


def test_analysts_and_programs_read_and_mark_nothing(
    browser: TestClient, web_settings: Settings, make_token: Callable[[str], dict[str, str]]
) -> None:
    browser.post("/v1/annotations", json=DAY)
    create_account(web_settings.accounts_path, "ana", PASSWORD, "analyst", datetime.now(UTC))
    browser.post("/login", data={"username": "ana", "password": PASSWORD})
    assert len(_marked(browser)) == 1
    assert browser.post("/v1/annotations", json=DAY).status_code == 403
    assert browser.post("/v1/annotations/1/remove", json={}).status_code == 403
    browser.cookies.clear()
    token = make_token("marts:read")
    assert len(browser.get("/v1/annotations", headers=token).json()["items"]) == 1
    assert browser.post("/v1/annotations", json=DAY, headers=token).status_code == 403


def test_a_foreign_page_marks_nothing(browser: TestClient) -> None:
    answer = browser.post(
        "/v1/annotations", json=DAY, headers={"origin": "https://elsewhere.example"}
    )
    assert answer.status_code == 403
    assert browser.headers["origin"] == ORIGIN and _marked(browser) == []
