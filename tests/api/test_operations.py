"""The operations page tells how a real ingest is and what it refused; an admin may try it again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.accounts import create_account
from core.settings import Settings
from tests.api.conftest import PASSWORD, bearer
from tests.api.running_ingest import running_ingest

SESSION = {
    "session_id": "s-1",
    "tutor_id": "t-1",
    "student_id": "u-1",
    "status": "completed",
    "scheduled_start": "2026-11-22T16:00:00-05:00",
    "scheduled_end": "2026-11-22T17:00:00-05:00",
}


@pytest.fixture
def ingest(web_app: FastAPI, web_settings: Settings) -> Iterator[httpx.Client]:
    with running_ingest(web_app, web_settings) as client:
        yield client


def _post(ingest: httpx.Client, **changes: Any) -> int:
    return ingest.post("/v1/sessions", json=SESSION | changes).status_code


def _log_in_as_admin(stranger: TestClient, web_settings: Settings) -> None:
    path = web_settings.accounts_path
    create_account(path, "olga", PASSWORD, "admin", datetime.now(UTC), "Olga")
    stranger.post("/login", data={"username": "olga", "password": PASSWORD})
    stranger.headers["origin"] = "http://127.0.0.1:8080"


def test_it_says_so_when_ingest_does_not_answer(browser: TestClient) -> None:
    page = browser.get("/operations").text
    assert "Ingest does not answer" in page and "workbench up" in page
    assert "Not known" in page


def test_it_shows_what_is_stored_and_that_nothing_was_refused(
    browser: TestClient, ingest: httpx.Client
) -> None:
    assert _post(ingest) == 202
    page = browser.get("/operations").text
    assert "Ready for records" in page
    assert "<dt>Records stored</dt><dd>1</dd>" in page
    assert "None. Every record that came in was stored." in page


def test_it_shows_why_a_record_was_refused_and_nothing_that_was_in_it(
    browser: TestClient, ingest: httpx.Client
) -> None:
    assert _post(ingest, status="held", tutor_notes="PRIVATE-77") == 422
    page = browser.get("/operations").text
    assert "/status" in page and "Use one of" in page and "rails" in page
    assert "PRIVATE-77" not in page
    assert "Try all again" not in page  # Dana is a coach


def test_long_quarantines_are_shown_in_pages(browser: TestClient, ingest: httpx.Client) -> None:
    ingest.post("/v1/sessions", json=[SESSION | {"status": f"x{n}"} for n in range(11)])
    assert "11 kept byte for byte" in browser.get("/operations").text
    assert browser.get("/operations").text.count("<tr><td>") == 10
    assert browser.get("/operations?after=10").text.count("<tr><td>") == 1


def test_an_admin_tries_again_what_is_right_by_now(
    stranger: TestClient, web_settings: Settings, ingest: httpx.Client
) -> None:
    _post(ingest, status="held")
    journal = sqlite3.connect(web_settings.journal_path)
    with journal:  # stands for a newer version of the workbench, which takes this status
        journal.execute("UPDATE quarantine SET raw = replace(CAST(raw AS TEXT), 'held', 'no_show')")
        journal.execute("UPDATE quarantine SET raw = CAST(raw AS BLOB)")
    journal.close()
    _log_in_as_admin(stranger, web_settings)
    assert "Try all again" in stranger.get("/operations").text
    answer = stranger.post("/operations/replay")
    assert answer.status_code == 303
    page = stranger.get(answer.headers["location"]).text
    assert "Tried again: 1 accepted, 0 duplicates, 0 still refused." in page
    assert "None. Every record" in page


def test_all_are_tried_again_however_many_they_are(
    stranger: TestClient, web_settings: Settings, ingest: httpx.Client
) -> None:
    ingest.post("/v1/sessions", json=[SESSION | {"status": f"x{n}"} for n in range(1_001)])
    _log_in_as_admin(stranger, web_settings)
    answer = stranger.post("/operations/replay")
    assert "1,001 still refused" in stranger.get(answer.headers["location"]).text


def test_nobody_else_may_try_again(browser: TestClient, ingest: httpx.Client) -> None:
    _post(ingest, status="held")
    assert browser.post("/operations/replay").status_code == 403
    assert "1 kept byte for byte" in browser.get("/operations").text


def test_it_is_behind_the_login(stranger: TestClient) -> None:
    answer = stranger.get("/operations", headers={"accept": "text/html"})
    assert answer.status_code == 303 and answer.headers["location"].startswith("/login")


def test_the_warehouses_page_is_linked_when_it_is_there(
    browser: TestClient, web_settings: Settings
) -> None:
    link = 'href="/warehouse"'
    assert link not in browser.get("/operations").text
    assert browser.get("/warehouse").status_code == 404
    web_settings.docs_path.parent.mkdir()
    web_settings.docs_path.write_text("<script>1</script>")
    assert link in browser.get("/operations").text
    shown = browser.get("/warehouse")
    assert shown.text == "<script>1</script>"
    assert "default-src 'none'" in shown.headers["content-security-policy"]


def test_the_warehouses_page_is_for_people_who_are_logged_in(
    stranger: TestClient, web_settings: Settings
) -> None:
    web_settings.docs_path.parent.mkdir()
    web_settings.docs_path.write_text("<script>1</script>")
    answer = stranger.get("/warehouse", headers={"accept": "text/html"})
    assert answer.status_code in {303, 307, 401} and "script>1" not in answer.text
    assert (
        stranger.get(
            "/warehouse", headers=bearer(web_settings.data_dir.parent, "marts:read")
        ).status_code
        == 403
    )
