"""The morning of each person, from the letter or the login to the effect, in a real browser."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bench.system import System
from tests.e2e.test_demo import keep, log_in, settle, visit

pytestmark = pytest.mark.timeout(900)
PASSWORD = "correct horse battery"
Open = Callable[..., Page]


@pytest.fixture
def open_page(demo: System, browser: Browser) -> Iterator[Open]:
    """Opens an address in a browser of its own, logs in as a person and gives the page."""
    with ExitStack() as opened:

        def open_one(path: str, username: str = "coach", **options: object) -> Page:
            context: BrowserContext = browser.new_context(
                viewport={"width": 1440, "height": 1000}, **options
            )
            opened.callback(context.close)
            context.set_default_timeout(30_000)
            page = context.new_page()
            log_in(page, demo, path, username, "" if username == "coach" else PASSWORD)
            settle(page)
            return page

        yield open_one


def add_person(system: System, username: str, role: str) -> None:
    """Lets somebody log in; it is no error that they may already."""
    added = system.run("user", "add", username, "--role", role, "--password", PASSWORD)
    assert added.returncode == 0 or "taken" in added.stderr


def test_a_coach_goes_from_a_letter_by_login_to_an_act_and_sees_its_effect(
    demo: System, open_page: Open
) -> None:
    tutor = demo.read("/v1/needs-attention?limit=100")["items"][-1]
    sessions = demo.read(f"/v1/tutors/{tutor['tutor_id']}/sessions?limit=1")["items"]
    # the address that a letter's button has: nobody is logged in yet
    page = open_page(f"/dashboard/?session={sessions[0]['session_id']}")
    expect(page).to_have_url(re.compile("session="))
    page.get_by_role("link", name=tutor["display_name"]).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(tutor["display_name"])
    page.get_by_role("button", name="Take this case").click()
    expect(page.get_by_text("You took the case")).to_be_visible()
    expect(page.locator("ul.trail")).to_contain_text("You took the case", timeout=60_000)
    page.get_by_role("link", name="Did it help").click()
    # whether it helped is measured at night, and shown after four weeks
    expect(page.get_by_role("heading", level=1)).to_contain_text("so far, to be told from")
    keep(page, "walk-coach-helped")


def test_an_admin_looks_after_the_machine_and_marks_a_day_that_others_see(
    demo: System, open_page: Open
) -> None:
    add_person(demo, "boss", "admin")
    page = open_page("/operations", "boss")
    expect(page.get_by_role("heading", name="Last full build")).to_be_visible()
    expect(page.get_by_text(re.compile("all passed"))).to_be_visible()
    keep(page, "operations-1440")
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_role("cell", name="Demo coach (coach)")).to_be_visible()
    keep(page, "settings-1440")
    colleague = open_page("/dashboard/?view=platform")
    visit(page, demo, "/dashboard/?view=platform")
    day = (date.today() - timedelta(days=20)).isoformat()
    page.get_by_role("textbox", name="Day").fill(day)
    page.get_by_label("What happened").fill("New policy of moving")
    page.get_by_role("button", name="Mark this day").click()
    for one in (page, colleague):
        expect(one.locator("ul.trail").get_by_text("New policy of moving")).to_be_visible()
    page.get_by_role("button", name="Remove: New policy").click()
    expect(colleague.locator("ul.trail").get_by_text("New policy")).to_be_hidden()


def test_an_analyst_takes_away_what_a_page_shows_and_acts_on_nothing(
    demo: System, open_page: Open
) -> None:
    add_person(demo, "ana", "analyst")
    page = open_page("/dashboard/?view=tutors", "ana")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tutors")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").first.click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text())))
    assert len(rows) == demo.read("/v1/tutors")["total"]
    assert {row["set_formula_version"] for row in rows} == {rows[0]["set_formula_version"]}
    page.get_by_role("link", name="Today").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("today|Nobody"))
    assert page.get_by_role("button", name="Take this case").count() == 0
    visit(page, demo, "/dashboard/?view=rules")
    expect(page.get_by_role("heading", level=1)).to_contain_text("What scores and flags go by")
    keep(page, "rules-1440")
