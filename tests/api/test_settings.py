"""Everybody chooses their own letters; whose tutors they are about stays an admin's to say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from api.accounts import create_account, set_address, set_teams
from core.choices import Choices
from core.recipients import Recipients
from core.settings import Settings
from tests.api.conftest import ORIGIN, PASSWORD

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DANA, MARIA, OMAR = "dana@qa.example", "maria@qa.example", "omar@qa.example"
FORM = {
    "mode": "flagged",
    "digest": "weekly",
    "digest_at": "06:45",
    "time_zone": "America/New_York",
    "hourly_budget": "5",
    "subjects": "Algebra",
}


@pytest.fixture
def people(web_settings: Settings) -> Recipients:
    return Recipients(web_settings.recipients_path)


def _choices(people: Recipients) -> Choices:
    return people.find(DANA).choices


def test_without_an_address_the_page_says_how_to_get_one(
    browser: TestClient, people: Recipients
) -> None:
    assert "workbench user address dana" in browser.get("/settings").text
    answer = browser.post("/settings", data=FORM)
    assert answer.status_code == 422 and "Ask an admin" in answer.text
    assert people.all() == []


def test_somebody_starts_and_changes_their_own_letters(
    browser: TestClient, web_settings: Settings, people: Recipients
) -> None:
    set_address(web_settings.accounts_path, "dana", DANA)
    assert f"{DANA} gets nothing yet" in browser.get("/settings").text
    assert "Saved." in browser.post("/settings", data=FORM).text
    assert _choices(people).subjects == ("Algebra",)
    assert str(_choices(people).digest_at) == "06:45:00"
    page = browser.post("/settings", data=FORM | {"mode": "off", "subjects": ""})
    assert f"{DANA} gets nothing." in page.text
    assert (_choices(people).mode, _choices(people).subjects) == ("off", ())


def test_a_choice_that_is_not_possible_is_said_and_changes_nothing(
    browser: TestClient, web_settings: Settings, people: Recipients
) -> None:
    set_address(web_settings.accounts_path, "dana", DANA)
    answer = browser.post("/settings", data=FORM | {"quiet_from": "22:00"})
    assert answer.status_code == 422 and "Quiet hours" in answer.text
    assert people.all() == []


def test_letters_are_about_the_persons_own_teams_only(
    browser: TestClient, web_settings: Settings, people: Recipients
) -> None:
    set_address(web_settings.accounts_path, "dana", DANA)
    set_teams(web_settings.accounts_path, "dana", [MARIA])
    browser.post("/settings", data=FORM | {"teams": OMAR})
    assert _choices(people).teams == (MARIA,)
    people.choose(DANA, teams=[OMAR])
    browser.post("/settings", data=FORM)
    assert _choices(people).teams == (MARIA,)


def test_what_an_admin_said_stays(
    browser: TestClient, web_settings: Settings, people: Recipients
) -> None:
    set_address(web_settings.accounts_path, "dana", DANA)
    people.add(DANA, Choices(teams=(OMAR,), tutors=("T-1",), is_operator=True), NOW)
    browser.post("/settings", data=FORM | {"tutors": "", "is_operator": ""})
    kept = _choices(people)
    assert (kept.teams, kept.tutors, kept.is_operator) == ((OMAR,), ("T-1",), True)
    assert kept.hourly_budget == 5


def test_a_name_that_is_an_address_is_where_letters_go(
    stranger: TestClient, web_settings: Settings, people: Recipients
) -> None:
    create_account(web_settings.accounts_path, DANA, PASSWORD, "coach", NOW)
    stranger.post("/login", data={"username": DANA, "password": PASSWORD})
    stranger.post("/settings", data=FORM, headers={"origin": ORIGIN})
    assert _choices(people).mode == "flagged"


def test_only_admins_see_who_may_log_in(browser: TestClient, web_settings: Settings) -> None:
    assert "Who may log in" not in browser.get("/settings").text
    create_account(web_settings.accounts_path, "boss", PASSWORD, "admin", NOW, "<b>Boss</b>")
    set_teams(web_settings.accounts_path, "dana", [MARIA])
    browser.post("/login", data={"username": "boss", "password": PASSWORD})
    page = browser.get("/settings").text
    assert "tutors of maria@qa.example" in page and "/recipients" in page
    assert "<b>Boss" not in page and "&lt;b&gt;Boss" in page


def test_a_foreign_page_changes_nothing(
    browser: TestClient, web_settings: Settings, people: Recipients
) -> None:
    set_address(web_settings.accounts_path, "dana", DANA)
    answer = browser.post("/settings", data=FORM, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert people.all() == []
