"""The demo's mailbox, on pages and for programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from core.settings import Settings

DropLetter = Callable[..., str]


@pytest.fixture
def letters(web_settings: Settings, drop_letter: DropLetter) -> list[str]:
    """Thirty letters about fifteen sessions, oldest first."""
    return [drop_letter(number, f"S-{number % 15}", f"Letter {number}") for number in range(30)]


def test_empty_mailbox_says_so(browser: TestClient) -> None:
    assert "No letter yet" in browser.get("/mailbox").text


def test_newest_letters_come_first_in_pages(browser: TestClient, letters: list[str]) -> None:
    first, second = browser.get("/mailbox").text, browser.get("/mailbox?page=2").text
    assert first.index("Letter 29<") < first.index("Letter 28<")
    assert "30 letters" in first
    assert "Letter 4<" not in first
    assert "Letter 4<" in second
    assert "1 of 2" in first


def test_programs_find_the_letters_of_a_session(browser: TestClient, letters: list[str]) -> None:
    body = browser.get("/v1/mailbox?session_id=S-3").json()
    assert body["count"] == 2
    assert [item["key"] for item in body["items"]] == [letters[18], letters[3]]
    assert {item["session_id"] for item in body["items"]} == {"S-3"}
    assert body["items"][0]["message_id"] == "<session-S-3.v18@workbench.example>"
    assert browser.get("/v1/mailbox?session_id=no").json() == {"count": 0, "items": []}


def test_programs_page_through_all_letters(browser: TestClient, letters: list[str]) -> None:
    body = browser.get("/v1/mailbox?limit=2&offset=28").json()
    assert (body["count"], [item["key"] for item in body["items"]]) == (
        30,
        [letters[1], letters[0]],
    )


def test_new_letter_is_seen_at_once(browser: TestClient, drop_letter: DropLetter) -> None:
    assert browser.get("/v1/mailbox").json()["count"] == 0
    drop_letter(1)
    assert browser.get("/v1/mailbox").json()["count"] == 1


def test_letter_is_shown_in_a_frame_of_no_origin(
    browser: TestClient, drop_letter: DropLetter
) -> None:
    key = drop_letter(1, html="<html><head></head><body><script>1</script>Rich</body></html>")
    page, body = browser.get(f"/mailbox/{key}"), browser.get(f"/mailbox/{key}/letter")
    assert f'src="/mailbox/{key}/letter" sandbox="allow-popups ' in page.text
    assert "allow-scripts" not in page.text
    assert "<script>" not in page.text
    assert "Plain words" in page.text
    assert "sandbox allow-popups" in body.headers["content-security-policy"]
    assert '<head><base target="_top"></head>' in body.text


def test_hostile_subject_is_only_text(browser: TestClient, drop_letter: DropLetter) -> None:
    key = drop_letter(1, subject="<script>alert(1)</script>", text="</pre><script>2</script>")
    for path in ("/mailbox", f"/mailbox/{key}"):
        assert "<script>" not in browser.get(path).text
        assert "&lt;script&gt;" in browser.get(path).text


@pytest.mark.parametrize("key", ["no", "..%2F..%2Fsecrets%2Fcookie-key", "%00"])
def test_unknown_letter_is_not_found(browser: TestClient, letters: list[str], key: str) -> None:
    answer = browser.get(f"/mailbox/{key}", headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


def test_no_mailbox_where_letters_are_really_sent(web_app: FastAPI, browser: TestClient) -> None:
    state = web_app.state
    state.web = replace(state.web, is_demo=False)
    for path in ("/mailbox", "/v1/mailbox", "/mailbox/x", "/mailbox/x/letter"):
        assert browser.get(path).status_code == 404
