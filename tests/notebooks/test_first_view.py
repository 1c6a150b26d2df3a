"""The page that stands there until the live one does: in a real browser, and as HTML."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from core.settings import load_settings
from notebooks.first_view import first_view
from tests.notebooks.conftest import PublishSet

_MARIMO = re.compile(r"/assets/index-.*\.js")


def test_a_page_is_there_with_all_figures_before_any_script_of_the_live_one(
    url_with_first_view: str, phone_page: Page, publish_set: PublishSet
) -> None:
    publish_set()
    phone_page.route(_MARIMO, lambda route: route.abort())
    phone_page.goto(url_with_first_view)
    _expect_heading(phone_page, "One tutor needs you today")
    expect(phone_page.locator(".fresh")).to_have_attribute("data-state", "stale")
    expect(phone_page.locator(".fresh time")).to_contain_text("ago")
    view = "document.getElementById('first-view')"
    assert phone_page.evaluate(f"{view}.scrollWidth - {view}.clientWidth") == 0
    phone_page.get_by_role("link", name="Rivera, Tomás").first.click()
    _expect_heading(phone_page, "Rivera, Tomás")
    expect(phone_page.locator(".plot svg").first).to_be_visible()
    assert phone_page.url == f"{url_with_first_view}?tutor=T-1"


def test_a_page_that_is_opened_behind_another_becomes_live_although_no_frame_is_drawn(
    url_with_first_view: str, phone_page: Page, publish_set: PublishSet
) -> None:
    publish_set()
    phone_page.add_init_script("""
        Object.defineProperty(document, "hidden", { get: () => true });
        const drawn = window.requestAnimationFrame.bind(window);
        window.requestAnimationFrame = (then) =>
            document.getElementById("live-page") ? 0 : drawn(then);
    """)
    phone_page.goto(url_with_first_view)
    expect(phone_page.locator("#first-view")).to_have_count(0)


def test_the_live_page_starts_when_the_whole_document_is_there(
    url_with_first_view: str, phone_page: Page, publish_set: PublishSet
) -> None:
    publish_set()
    phone_page.add_init_script("""
        window.requestAnimationFrame = (then) => then(performance.now());
        const later = window.setTimeout.bind(window);
        window.setTimeout = (then, after, ...rest) => after ? later(then, after, ...rest) : then();
        const place = Element.prototype.replaceWith;
        Element.prototype.replaceWith = function (...nodes) {
            if (this.id === "live-page") window.hadRoot = !!document.getElementById("root");
            return place.apply(this, nodes);
        };
    """)
    phone_page.route(_MARIMO, lambda route: route.abort())
    phone_page.goto(url_with_first_view)
    assert phone_page.evaluate("window.hadRoot") is True


def test_what_was_opened_and_typed_stays_when_the_live_page_takes_over(
    url_with_first_view: str, phone_page: Page, publish_set: PublishSet
) -> None:
    publish_set()
    held = _hold_back(phone_page, _MARIMO)
    phone_page.goto(f"{url_with_first_view}?tutor=T-1", wait_until="commit")
    phone_page.locator("summary", has_text="Note…").click()
    note = phone_page.locator("details[open] textarea")
    note.fill("Call on Monday")
    phone_page.evaluate("document.getElementById('first-view').scrollTop = 120")
    _let_go(held)
    expect(phone_page.locator("#first-view")).to_have_count(0)
    expect(note).to_have_value("Call on Monday")
    expect(note).to_be_focused()
    assert phone_page.evaluate("App.scrollTop") == 120
    publish_set(2, "update rpt_tutor_scorecards set display_name = 'Rivera, T.'")
    expect(phone_page.get_by_role("heading", level=1)).to_contain_text("Rivera, T.")


def test_what_is_being_saved_is_told_before_and_after_the_live_page_takes_over(
    url_with_first_view: str, phone_page: Page, publish_set: PublishSet
) -> None:
    publish_set()
    scripts = _hold_back(phone_page, _MARIMO)
    acts = _hold_back(phone_page, "**/v1/flag-actions")
    phone_page.goto(url_with_first_view, wait_until="commit")
    phone_page.get_by_role("button", name="Take this case").first.click()
    expect(phone_page.get_by_text("Saving…")).to_be_visible()
    _let_go(scripts)
    expect(phone_page.locator("#App footer")).to_have_count(1)
    phone_page.wait_for_timeout(300)
    expect(phone_page.locator("#first-view").get_by_text("Saving…")).to_be_visible()
    [act] = acts
    act.fulfill(json={"action_ids": ["A-1.0"]})
    expect(phone_page.locator("#first-view")).to_have_count(0)
    expect(phone_page.get_by_text("Done. Everybody sees it in a moment.")).to_be_visible()
    assert phone_page.get_by_role("button", name="Undo").count() == 1


def test_what_was_not_saved_is_still_told_on_the_live_page_and_on_the_next_set(
    url_with_first_view: str, phone_page: Page, publish_set: PublishSet
) -> None:
    publish_set()
    scripts = _hold_back(phone_page, _MARIMO)
    phone_page.route("**/v1/flag-actions", lambda route: route.abort())
    phone_page.goto(url_with_first_view, wait_until="commit")
    phone_page.get_by_role("button", name="Take this case").first.click()
    problem = phone_page.get_by_text("Not saved: the workbench does not answer.")
    expect(problem).to_be_visible()
    _let_go(scripts)
    expect(phone_page.locator("#first-view")).to_have_count(0)
    expect(problem).to_be_visible()
    publish_set(2, "update rpt_needs_attention set display_name = 'Rivera, T.'")
    expect(phone_page.get_by_role("link", name="Rivera, T.").first).to_be_visible()
    expect(problem).to_be_visible()


def test_a_page_that_does_not_become_live_says_so_and_goes_on_telling_its_age(
    url_with_first_view: str, phone_page: Page, publish_set: PublishSet
) -> None:
    publish_set(1, "update rpt_freshness set data_through = now()")
    phone_page.clock.install()
    phone_page.route(_MARIMO, lambda route: route.abort())
    phone_page.goto(url_with_first_view)
    expect(phone_page.get_by_text("Up to date")).to_be_visible()
    expect(phone_page.get_by_text("This page is not live yet")).to_be_hidden()
    phone_page.clock.fast_forward(2 * 3_600_000)
    expect(phone_page.get_by_text("This page is not live yet")).to_be_visible()
    expect(phone_page.locator(".fresh time")).to_have_text("2 h ago")
    expect(phone_page.locator(".fresh")).to_have_attribute("data-state", "late")


def test_before_the_first_set_it_says_that_marts_are_being_built(
    workbench_environment: Path,
) -> None:
    assert "The first marts are being built" in _view(workbench_environment)


def test_a_tutor_gets_their_own_page_whatever_the_address_asks_for(
    workbench_environment: Path, publish_set: PublishSet
) -> None:
    publish_set()
    user = {"username": "rivera", "role": "tutor", "tutor_id": "T-1"}
    html = _view(workbench_environment, "tutor=T-2", user)
    assert "Rivera, Tomás" in html
    assert "&lt;script&gt;alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in _view(workbench_environment, "tutor=T-2")


def test_names_and_addresses_stay_text(
    workbench_environment: Path, publish_set: PublishSet
) -> None:
    publish_set(1, "update rpt_tutor_scorecards set display_name = '</template><img src=x>'")
    html = _view(workbench_environment, "tutor=T-1&view=%3Cscript%3Ebad()%3C/script%3E")
    assert "&lt;/template&gt;&lt;img src=x&gt;" in html
    assert "<img" not in html and "bad()</script>" not in html
    assert html.count("</template>") == 3


def _hold_back(page: Page, address: str | re.Pattern[str]) -> list[Route]:
    """Lets requests wait, and returns them as they come."""
    held: list[Route] = []
    page.route(address, lambda route: held.append(route))
    return held


def _let_go(held: list[Route]) -> None:
    for route in held:
        route.continue_()


def _view(data_dir: Path, query: str = "", user: dict[str, object] | None = None) -> str:
    return first_view(load_settings(data_dir=data_dir))(query, user or {})


def _expect_heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)
    expect(page).to_have_title(f"{words} · Tutor Workbench")
