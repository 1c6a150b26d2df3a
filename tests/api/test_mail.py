"""Whoever has a letter changes what comes by its link; an admin keeps the whole list."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from api.accounts import create_account
from core.choices import Choices
from core.recipients import Recipient, Recipients
from core.settings import Settings
from tests.api.conftest import PASSWORD

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
FORM = {
    "address": "bob@qa.example",
    "mode": "flagged",
    "digest": "daily",
    "digest_at": "07:00",
    "time_zone": "America/Chicago",
    "hourly_budget": "60",
    "subjects": "Algebra, Physics",
    "action": "add",
}


@pytest.fixture
def people(web_settings: Settings) -> Recipients:
    return Recipients(web_settings.recipients_path)


@pytest.fixture
def ann(people: Recipients) -> Recipient:
    return people.add("ann@qa.example", Choices(), NOW)


@pytest.fixture
def admin(web_settings: Settings, stranger: TestClient) -> TestClient:
    create_account(web_settings.accounts_path, "boss", PASSWORD, "admin", NOW)
    stranger.post("/login", data={"username": "boss", "password": PASSWORD})
    return stranger


def link(recipient: Recipient, mode: str = "flagged", digest: str = "daily") -> str:
    return f"/mail/{recipient.token}?mode={mode}&digest={digest}"


def test_a_link_that_is_opened_shows_a_page_and_changes_nothing(
    stranger: TestClient, people: Recipients, ann: Recipient
) -> None:
    page = stranger.get(link(ann))
    assert page.status_code == 200
    assert "every session" in page.text and "a…@qa.example" in page.text
    assert "ann@qa.example" not in page.text
    assert people.find("ann@qa.example") == ann


def test_a_mail_program_acts_with_one_click_and_without_a_login(
    stranger: TestClient, people: Recipients, ann: Recipient
) -> None:
    answer = stranger.post(link(ann), data=ONE_CLICK)
    assert answer.status_code == 200
    assert people.find("ann@qa.example").choices.mode == "flagged"


def test_an_old_letter_never_brings_more_letters_by_one_click(
    stranger: TestClient, people: Recipients, ann: Recipient
) -> None:
    people.choose("ann@qa.example", mode="digest", digest="weekly")
    assert stranger.post(link(ann), data=ONE_CLICK).status_code == 200
    assert people.find("ann@qa.example").choices.mode == "digest"
    stranger.post(link(ann, "digest", "daily"), data=ONE_CLICK)
    assert people.find("ann@qa.example").choices.digest == "weekly"


def test_a_person_may_take_the_choice_back_on_the_page(
    stranger: TestClient, people: Recipients, ann: Recipient
) -> None:
    done = stranger.post(link(ann, "off"))
    assert people.find("ann@qa.example").choices.mode == "off"
    assert "?mode=every_session&amp;digest=daily" in done.text
    stranger.post(link(ann, "every_session"))
    assert people.find("ann@qa.example").choices.mode == "every_session"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_nobody_holds_says_what_to_do(stranger: TestClient, method: str) -> None:
    answer = stranger.request(method, "/mail/made-up?mode=flagged&digest=daily", data=ONE_CLICK)
    assert answer.status_code == 404
    assert "no longer good" in answer.json()["detail"]


@pytest.mark.parametrize("query", ["", "?mode=loud&digest=daily", "?mode=off&digest=never"])
def test_a_link_with_another_choice_is_refused(
    stranger: TestClient, people: Recipients, ann: Recipient, query: str
) -> None:
    assert stranger.post(f"/mail/{ann.token}{query}", data=ONE_CLICK).status_code == 422
    assert people.find("ann@qa.example") == ann


def test_an_admin_adds_changes_and_removes(admin: TestClient, people: Recipients) -> None:
    origin = {"origin": "http://127.0.0.1:8080"}
    added = admin.post("/recipients", data=FORM, headers=origin)
    assert "bob@qa.example is on the list." in added.text
    choices = people.find("bob@qa.example").choices
    assert (choices.mode, choices.subjects) == ("flagged", ("Algebra", "Physics"))
    change = FORM | {"action": "set", "quiet_from": "22:00", "quiet_until": "06:30", "subjects": ""}
    assert "Saved" in admin.post("/recipients", data=change, headers=origin).text
    choices = people.find("bob@qa.example").choices
    assert str(choices.quiet_until) == "06:30:00" and choices.subjects == ()
    gone = admin.post("/recipients", data=FORM | {"action": "remove"}, headers=origin)
    assert "off the list" in gone.text
    assert people.all() == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"address": "nobody"}, "looks like"),
        ({"time_zone": "Mars/Olympus"}, "IANA zone"),
        ({"quiet_from": "22:00"}, "Quiet hours"),
        ({"action": "set"}, "Nobody on the list"),
    ],
)
def test_what_is_not_possible_is_said_on_the_page_and_changes_nothing(
    admin: TestClient, people: Recipients, change: dict[str, str], said: str
) -> None:
    origin = {"origin": "http://127.0.0.1:8080"}
    answer = admin.post("/recipients", data=FORM | change, headers=origin)
    assert answer.status_code in (400, 404, 422)
    assert said in answer.text
    assert people.all() == []


def test_only_an_admin_sees_the_list(browser: TestClient, ann: Recipient) -> None:
    origin = {"origin": "http://127.0.0.1:8080"}
    assert browser.get("/recipients").status_code == 403
    assert browser.post("/recipients", data=FORM, headers=origin).status_code == 403
    assert "/recipients" not in browser.get("/operations").text


def test_hostile_words_stay_words(admin: TestClient, people: Recipients) -> None:
    people.add("eve@qa.example", Choices(teams=('"><script>alert(1)</script>',)), NOW)
    assert "<script>" not in admin.get("/recipients").text
