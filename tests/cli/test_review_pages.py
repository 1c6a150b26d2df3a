"""The pages on which people grade blind, over the reviews of a real ledger."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.accounts import create_account
from api.app import create_app
from api.dependencies import Desks
from core.settings import Settings, load_settings
from flows.reviews.by_hand import GradingDesk
from flows.reviews.double_grades import agreements
from flows.reviews.ledger import Ledger
from flows.reviews.rubric import load_rubric
from tests.flows.reviews.conftest import TURNS

ORIGIN = "http://127.0.0.1:8080"
PASSWORD = "correct horse battery"
PAGE = "/reviews/s-1"


@pytest.fixture
def settings(reviewed: Path) -> Settings:
    return load_settings(data_dir=reviewed)


def log_in(settings: Settings, role: str) -> TestClient:
    create_account(settings.accounts_path, role, PASSWORD, role, datetime.now(UTC))
    app = create_app(settings, desks=Desks(grading=GradingDesk(settings)))
    client = TestClient(app, base_url=ORIGIN, follow_redirects=False)
    client.headers["origin"] = ORIGIN
    client.post("/login", data={"username": role, "password": PASSWORD})
    return client


@pytest.fixture
def coach(settings: Settings) -> TestClient:
    return log_in(settings, "coach")


def levels(**given: str) -> dict[str, str]:
    return {item.id: "none" for item in load_rubric().asked} | given


def test_the_queue_says_what_waits_and_how_far_people_are(coach: TestClient) -> None:
    html = coach.get("/reviews").text
    assert "1 review for you to grade" in html and f'href="{PAGE}"' in html
    assert "Grader rules@1, rubric first_session@1. Reviews: 1 graded; 0 to come." in html
    assert "Not enough data" in html


def test_a_session_is_read_without_what_the_grader_said(coach: TestClient) -> None:
    html = coach.get(PAGE).text
    assert TURNS[0][1] in html and 'name="rapport" value="4" required' in html
    assert "rules@1" not in html and "checked" not in html


def test_grades_are_kept_under_the_name_of_who_gave_them(
    coach: TestClient, settings: Settings
) -> None:
    answer = coach.post(PAGE, data=levels(rapport="3", next_step="2"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/reviews?kept=1")
    html = coach.get("/reviews?kept=1").text
    assert "Kept." in html and "No review for you to grade" in html and "Nothing waits" in html
    with Ledger(settings.reviews_path) as ledger:
        [(by, given)] = ledger.execute("select graded_by, given from double_grades").fetchall()
        assert agreements(ledger, load_rubric(), "rules@1")["next_step"].n == 1
    assert by == "coach" and '"rapport": 3' in given and '"pacing": null' in given
    again = coach.post(PAGE, data=levels())
    assert again.status_code == 404 and "quicker" in again.text


def test_a_form_without_every_item_keeps_nothing_and_says_so(coach: TestClient) -> None:
    answer = coach.post(PAGE, data={"rapport": "3"})
    assert answer.headers["location"] == "?wrong=1"
    assert "Choose a level for each item" in coach.get(PAGE + answer.headers["location"]).text
    assert coach.post(PAGE, data=levels(rapport="9")).status_code == 422
    assert "1 review for you" in coach.get("/reviews").text


@pytest.mark.parametrize("path", ["/reviews", PAGE])
def test_analysts_do_not_read_what_students_said(settings: Settings, path: str) -> None:
    analyst = log_in(settings, "analyst")
    answer = analyst.get(path)
    assert answer.status_code == 403 and TURNS[0][1] not in answer.text
    assert "/reviews" not in analyst.get("/operations").text


def test_what_does_not_wait_is_not_shown(coach: TestClient) -> None:
    assert coach.get("/reviews/s-2").status_code == 404


def test_the_web_process_loads_no_library_of_models() -> None:
    loaded = "import cli.web, sys; print([n for n in ('openai', 'prefect') if n in sys.modules])"
    said = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True)
    assert said.stdout == "[]\n"


def test_what_was_said_is_read_with_the_quotes_in_place_once_it_was_graded_blind(
    coach: TestClient, settings: Settings
) -> None:
    before = coach.get(f"{PAGE}/said")
    assert before.status_code == 404 and "grade it first" in before.text
    coach.post(PAGE, data=levels())
    html = coach.get(f"{PAGE}/said").text
    assert all(
        escape(text) in html.replace("<mark>", "").replace("</mark>", "") for _, text in TURNS
    )
    with Ledger(settings.reviews_path) as ledger:
        entry = ledger.newest("s-1", load_rubric().name)
    assert entry is not None
    quotes = [quote.text for item in entry.review.items for quote in item.quotes]
    assert quotes and all(f"<mark>{escape(text)}</mark>" in html for text in quotes)
    assert ": level " in html and 'href="/dashboard/?session=s-1"' in html


def test_words_are_not_for_analysts_and_unknown_sessions_have_none(settings: Settings) -> None:
    assert log_in(settings, "analyst").get(f"{PAGE}/said").status_code == 403
    assert log_in(settings, "admin").get("/reviews/s-9/said").status_code == 404
