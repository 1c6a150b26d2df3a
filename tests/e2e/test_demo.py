"""A running demo: a coach's morning in a real browser, and what crashes heals by itself."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import suppress

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from bench.system import ARTIFACTS, System, processes_of, wait_until
from core.secrets import read_or_create

pytestmark = pytest.mark.timeout(900)
expect.set_options(timeout=20_000)


def settle(page: Page) -> None:
    """Waits until the live page has taken the place of the first view."""
    expect(page.locator("#first-view")).to_have_count(0, timeout=60_000)


def visit(page: Page, system: System, path: str) -> None:
    page.goto(f"{system.settings.web_url}{path}")
    settle(page)


def log_in(
    page: Page, system: System, path: str, username: str = "coach", password: str = ""
) -> None:
    """Opens an address, and logs in on the way; without a password as the demo's coach."""
    page.goto(f"{system.settings.web_url}{path}")
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(
        password or read_or_create(system.settings.secrets_dir, "demo-password")
    )
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def keep(page: Page, name: str) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)


def flagged(system: System) -> dict[str, str]:
    first: dict[str, str] = system.read("/v1/needs-attention?limit=1")["items"][0]
    return first


def test_the_flagged_tutor_is_seen_and_opens(demo: System, page: Page) -> None:
    tutor = flagged(demo)
    log_in(page, demo, "/dashboard/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("today")
    keep(page, "today-1440")
    page.get_by_role("link", name=tutor["display_name"]).first.click()
    expect(page).to_have_url(re.compile(f"tutor={tutor['tutor_id']}"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(tutor["display_name"])
    expect(page.get_by_text("Platform baseline")).to_be_visible()
    keep(page, "tutor-1440")


def test_a_letters_link_opens_exactly_its_session(demo: System, page: Page) -> None:
    letter = demo.read("/v1/mailbox?limit=1")["items"][0]
    log_in(page, demo, f"/mailbox/{letter['key']}")
    button = page.frame_locator("iframe").first.get_by_role("link", name="Open this session")
    expect(button).to_be_visible()
    keep(page, "letter-1440")
    button.click()
    page.wait_for_url(re.compile(re.escape(f"/dashboard/?session={letter['session_id']}")))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text(letter["session_id"]).first).to_be_visible()
    keep(page, "session-1440")


def test_an_open_page_shows_a_new_session_without_a_reload(demo: System, page: Page) -> None:
    log_in(page, demo, "/dashboard/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("today")
    before = demo.read("/v1/freshness")["published"]
    page.evaluate("window.openedOnce = true")
    footer = page.get_by_text(re.compile("set \\d+", re.IGNORECASE)).first
    expect(footer).to_contain_text(re.compile(f"{before + 1}|{before + 2}|{before + 3}"))
    assert page.evaluate("window.openedOnce")


def test_a_coach_takes_a_case_takes_it_back_and_snoozes_it(demo: System, page: Page) -> None:
    tutor = flagged(demo)
    log_in(page, demo, "/dashboard/")
    case = page.locator("article.case").first
    case.get_by_role("button", name="Take this case").click()
    expect(case).to_contain_text("You took the case")
    expect(case).to_contain_text("· you", timeout=60_000)
    visit(page, demo, f"/dashboard/{_tutor(demo)}")
    expect(page.locator("ul.trail")).to_contain_text("You took the case")
    keep(page, "tutor-acted-1440")
    page.locator("ul.trail").get_by_role("button", name="Undo").first.click()
    expect(page.locator("ul.trail")).to_contain_text("You took back", timeout=60_000)
    page.get_by_text("Snooze…").click()
    page.get_by_role("button", name="Snooze", exact=True).click()
    snoozed = re.compile("You snoozed it until .* or it gets worse")
    expect(page.locator("ul.trail")).to_contain_text(snoozed, timeout=60_000)
    expect(page.get_by_role("heading", name="What next")).to_be_hidden()
    listed = demo.read("/v1/needs-attention?limit=100")["items"]
    assert tutor["tutor_id"] not in {row["tutor_id"] for row in listed}


def test_no_page_scrolls_sideways(demo: System, page: Page) -> None:
    outside: list[str] = []
    page.on("request", lambda request: outside.append(request.url))
    log_in(page, demo, "/dashboard/")
    views = ("tutors", "first-sessions", "upcoming", "helped", "platform", "rules")
    pages = [("today", ""), ("tutor", _tutor(demo)), *((name, f"?view={name}") for name in views)]
    pages = [(name, f"/dashboard/{path}") for name, path in pages]
    pages += [(name, f"/{name}") for name in ("operations", "settings", "mailbox", "reviews")]
    for name, path in pages:
        visit(page, demo, path)
        expect(page.get_by_text("Log out").first).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        for width in (1440, 1024, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(300)
            _fits_in_both_schemes(page, f"{name}-{width}")
    assert {
        url for url in outside if not url.startswith((demo.settings.web_url, "data:", "blob:"))
    } == set()


def _fits_in_both_schemes(page: Page, name: str) -> None:
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.wait_for_timeout(100)
        keep(page, f"{name}-{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name


def _tutor(system: System) -> str:
    return f"?tutor={flagged(system)['tutor_id']}"


def test_nothing_is_read_without_a_login(demo: System, page: Page) -> None:
    answer = page.goto(f"{demo.settings.web_url}/dashboard/?tutor=t-00001")
    assert answer is not None
    assert page.url.startswith(f"{demo.settings.web_url}/login?next=")


def test_a_killed_runner_is_back_by_itself(demo: System) -> None:
    [before] = _named(demo, "flows.runner").values()
    before.kill()
    wait_until(lambda: _named(demo, "flows.runner").keys() - {before.pid}, 60, "a new runner")
    published = demo.read("/v1/freshness")["published"]
    wait_until(lambda: demo.read("/v1/freshness")["published"] > published, 90, "a new set")


def test_ingest_goes_on_while_prefect_is_down_and_the_runner_catches_up(demo: System) -> None:
    [server] = _named(demo, "prefect.server").values()
    server.kill()
    answer = demo.post(_session(f"while-down-{time.time_ns()}"))
    assert answer.status_code == 202
    session_id = answer.request.read().decode().split('"session_id":"')[1].split('"')[0]
    wait_until(lambda: _is_known(demo, session_id), 120, "the session published")


def _is_known(system: System, session_id: str) -> bool:
    tutor = system.read("/v1/tutors/t-00001/sessions?limit=500")
    return session_id in {session["session_id"] for session in tutor["items"]}


def _session(session_id: str) -> dict[str, str]:
    return {
        "session_id": session_id,
        "tutor_id": "t-00001",
        "student_id": "st-1",
        "status": "completed",
        "scheduled_start": "2026-11-20T16:00:00-06:00",
        "scheduled_end": "2026-11-20T17:00:00-06:00",
    }


def _named(system: System, part: str) -> dict[int, psutil.Process]:
    """Returns the running processes whose command has `part` in it, by their id."""
    found = {}
    for process in processes_of(system):
        with suppress(psutil.Error):  # it may just have ended
            if any(part in word for word in process.cmdline()):
                found[process.pid] = process
    return found
