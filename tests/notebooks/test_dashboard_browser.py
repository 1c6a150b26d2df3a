"""An open page in a real browser fills itself, is pushed, and follows clicks without a reload."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from core.annotations import Annotations
from tests.notebooks.conftest import COMPANY, PublishSet


def test_an_open_page_fills_itself_and_follows_publishes_and_clicks(
    dashboard_url: str, phone_page: Page, publish_set: PublishSet
) -> None:
    asked: list[str] = []
    phone_page.on("request", lambda request: asked.append(request.url))
    phone_page.goto(dashboard_url)
    _expect_heading(phone_page, "The first marts are being built")
    publish_set(1)
    _expect_heading(phone_page, "One tutor needs you today")
    selects = phone_page.locator(".filters select").all()
    first, second = (one.bounding_box() for one in selects[:2])
    assert first and second and first["y"] == second["y"]  # two by two on a phone
    _expect_a_quiet_push(phone_page, publish_set)
    phone_page.get_by_role("link", name="Rivera, T.").first.click()
    _expect_heading(phone_page, "Rivera, Tomás")
    expect(phone_page.locator(".plot svg").first).to_be_visible()
    assert phone_page.url == f"{dashboard_url}?tutor=T-1"
    _expect_no_sideways_scroll(phone_page)
    phone_page.go_back()
    _expect_heading(phone_page, "One tutor needs you today")
    assert sum(url.split("?")[0] == dashboard_url for url in asked) == 1
    phone_page.goto(f"{dashboard_url}?session=S-2")
    _expect_heading(phone_page, "Started 11 min late")
    assert all(url.startswith(("http://127.0.0.1:", "data:", "blob:")) for url in asked)


def _expect_heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)
    expect(page).to_have_title(f"{words} · Tutor Workbench")


def _expect_a_quiet_push(page: Page, publish_set: PublishSet) -> None:
    page.get_by_text("1 more below the line").click()
    page.evaluate("App.scrollTop = 200")
    old = "update rpt_freshness set data_through = '2020-01-01 00:00:00Z';"
    publish_set(2, f"{old} update rpt_needs_attention set display_name = 'Rivera, T.'")
    expect(page.get_by_role("link", name="Rivera, T.").first).to_be_visible()
    expect(page.get_by_text("Stale")).to_be_visible()
    expect(page.get_by_text("Up to date")).to_be_hidden()
    assert page.locator("details#below[open]").count() == 1
    assert page.evaluate("App.scrollTop") == 200


def test_a_tutor_page_has_two_columns_where_there_is_room_and_no_sideways_scroll_where_not(
    dashboard_url: str, phone_page: Page, publish_set: PublishSet
) -> None:
    publish_set(1)
    phone_page.goto(f"{dashboard_url}?tutor=T-1")
    _expect_heading(phone_page, "Rivera, Tomás")
    left, right = phone_page.locator(".tutor > section"), phone_page.locator(".tutor > aside")
    assert right.bounding_box()["y"] >= left.bounding_box()["y"] + left.bounding_box()["height"]
    phone_page.get_by_role("link", name="Moved by the tutor").click()
    _expect_heading(phone_page, "Moved by the tutor: Rivera, Tomás")
    _expect_no_sideways_scroll(phone_page)
    phone_page.get_by_role("link", name="Back to Rivera").click()
    _expect_heading(phone_page, "Rivera, Tomás")
    _expect_no_sideways_scroll(phone_page)
    phone_page.set_viewport_size({"width": 1280, "height": 800})
    assert right.bounding_box()["y"] == left.bounding_box()["y"]


def test_a_session_page_with_its_review_fits_a_phone(
    dashboard_url: str, phone_page: Page, publish_set: PublishSet
) -> None:
    publish_set(1)
    phone_page.goto(f"{dashboard_url}?session=S-2")
    expect(phone_page.get_by_role("heading", name="What the review says")).to_be_visible()
    _expect_no_sideways_scroll(phone_page)


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_printed_brief_is_one_sheet_without_menu_that_names_no_other_tutor(
    dashboard_url: str, phone_page: Page, publish_set: PublishSet, paper: str
) -> None:
    publish_set(1, _A_LOT_TO_SAY)
    phone_page.goto(f"{dashboard_url}?tutor=T-1&brief=1")
    _expect_heading(phone_page, "Brief: Rivera, Tomás")
    _expect_no_sideways_scroll(phone_page)
    printed = phone_page.pdf(format=paper)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    phone_page.emulate_media(media="print")
    for part in ("header", "footer .elsewhere", "nav.back", "button"):
        expect(phone_page.locator(part).first).to_be_hidden()
    expect(phone_page.locator("footer")).to_contain_text("formula 2 · set 1")
    words = phone_page.locator(".brief").inner_text()
    assert "What we agreed" in words
    assert not [name for name in ("alert", "Chen", "Okafor", "Ito") if name in words]


def test_a_long_page_is_printed_from_the_first_sheet_on_and_without_anything_to_press(
    dashboard_url: str, phone_page: Page, publish_set: PublishSet
) -> None:
    publish_set(1)
    phone_page.goto(f"{dashboard_url}?tutor=T-1")
    _expect_heading(phone_page, "Rivera, Tomás")
    phone_page.emulate_media(media="print")
    assert (
        phone_page.evaluate("""
        [...document.querySelectorAll('body *')]
            .filter((one) => getComputedStyle(one).breakInside !== 'auto').length
    """)
        == 0
    )
    for part in ("button", "select", "input", "nav"):
        assert not [one for one in phone_page.locator(part).all() if one.is_visible()]
    expect(phone_page.locator(".plot svg").first).to_be_visible()


_A_LOT_TO_SAY = """
    update rpt_tutor_scorecards set
        subjects = list_transform(range(12), lambda number: 'A long subject ' || number),
        components = list_concat(components, list_transform([1, 2], lambda number: struct_pack(
            component := 'quality', label := 'Ratings by students', points := -number,
            event_count := null, session_count := 17, expected_count := null, rate := 4.1,
            rate_low := 3.9, rate_high := 4.3, platform_rate := 4.2,
            reason_text := repeat('rated low ', 15)
        )));
    update fct_sessions set headline = repeat('something went wrong ', 6);
    update fct_upcoming_risk set severity = 'high';
"""


def _expect_no_sideways_scroll(page: Page) -> None:
    assert page.evaluate("(e => e.scrollWidth - e.clientWidth)(App)") == 0


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("First sessions", "mornings stand out"),
        ("Upcoming", "24 sessions in the next 24 hours stand out"),
        ("Did it help", "1 of 3 measured actions helped"),
        ("Platform", "Last week tutors moved more of their sessions"),
    ],
)
def test_every_page_is_reached_by_keyboard_fits_a_phone_and_has_no_barrier(
    dashboard_url: str, phone_page: Page, publish_set: PublishSet, name: str, words: str
) -> None:
    publish_set(1, COMPANY)
    phone_page.goto(dashboard_url)
    _expect_heading(phone_page, "One tutor needs you today")
    phone_page.get_by_role("link", name=name, exact=True).focus()
    phone_page.keyboard.press("Enter")
    expect(phone_page.get_by_role("heading", level=1)).to_contain_text(words)
    current = phone_page.locator('nav.pages a[aria-current="page"]')
    expect(current).to_have_text(name)
    for width in (390, 360):
        phone_page.set_viewport_size({"width": width, "height": 700})
        assert phone_page.evaluate("(e => e.scrollWidth - e.clientWidth)(App)") == 0
        assert _runs_over(phone_page) == []
    for scheme in ("light", "dark"):
        phone_page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        phone_page.wait_for_function("document.getAnimations().length === 0")
        assert _barriers(phone_page) == []


def test_platform_draws_the_rate_that_is_chosen(
    dashboard_url: str, phone_page: Page, publish_set: PublishSet
) -> None:
    publish_set(1, COMPANY)
    phone_page.goto(f"{dashboard_url}?view=platform")
    drawn = phone_page.locator(".plot")
    expect(drawn).to_have_attribute("aria-label", re.compile("Moved by tutors by day"))
    before = drawn.locator(".y").all_inner_texts()
    phone_page.get_by_role("link", name="Missed by tutors").click()
    expect(drawn).to_have_attribute("aria-label", re.compile("Missed by tutors by day"))
    assert drawn.locator(".y").all_inner_texts() != before
    assert phone_page.url == f"{dashboard_url}?view=platform&show=tutor_no_show"


def _runs_over(page: Page) -> list[str]:
    """Returns the menu's links that reach beyond the window."""
    found: list[str] = page.locator("nav.pages a").evaluate_all(
        "all => all.filter(a => a.getBoundingClientRect().right > innerWidth).map(a => a.text)"
    )
    return found


def _barriers(page: Page) -> list[str]:
    """Returns what axe finds against WCAG 2.2 AA in our own parts of the page."""
    rules = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    found = Axe().run(page, context="#App", options={"runOnly": rules})
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found.response["violations"]]


def test_a_marked_day_comes_to_open_pages_by_itself(
    dashboard_url: str, phone_page: Page, publish_set: PublishSet, workbench_environment: Path
) -> None:
    publish_set(1, COMPANY)
    phone_page.goto(f"{dashboard_url}?view=platform")
    expect(phone_page.get_by_role("heading", name="by day")).to_be_visible()
    assert phone_page.get_by_role("heading", name="Marked days").count() == 0
    marked = Annotations(workbench_environment / "annotations" / "annotations.sqlite")
    marked.add(date(2026, 11, 20), "A <b>holiday</b>", "dana", datetime.now(UTC))
    expect(phone_page.get_by_role("heading", name="Marked days")).to_be_visible()
    expect(phone_page.get_by_role("listitem")).to_contain_text("A <b>holiday</b>")
    expect(phone_page.locator(".plot .mark")).to_have_text("A <b>holiday</b>")
    _expect_no_sideways_scroll(phone_page)
    marked.remove(1)
    expect(phone_page.get_by_role("heading", name="Marked days")).to_be_hidden()
