"""A coach logs in at a real OpenID Connect server, in a real browser, and out again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from api.accounts import create_account, find_account
from api.cookie import COOKIE
from api.login_service import ID_TOKEN_COOKIE
from core.settings import Settings
from tests.oidc.conftest import settings_for
from tests.oidc.glewlwyd import PASSWORD, Glewlwyd
from tests.oidc.web import serving

BUTTON = "Log in with your company account"


@pytest.fixture(scope="module")
def settings(
    provider: Glewlwyd, ports: list[int], tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    return settings_for(tmp_path_factory.mktemp("web"), provider.issuer, ports[0])


@pytest.fixture(scope="module")
def web(settings: Settings) -> Iterator[str]:
    with serving(settings) as address:
        yield address


@pytest.fixture(scope="module")
def coach(provider: Glewlwyd, settings: Settings) -> str:
    return _with_account(provider.add_person("dana"), settings)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(60_000)
        yield page


def _with_account(email: str, settings: Settings) -> str:
    create_account(settings.accounts_path, email, None, "coach", datetime.now(UTC), "Dana <b>")
    return email


def _log_in_at_provider(page: Page, email: str) -> None:
    page.get_by_role("link", name=BUTTON).click()
    page.locator("#username").fill(email)
    page.locator("#password").fill(PASSWORD)
    page.locator("#loginbut").click()
    page.get_by_role("button", name="Continue").click()


def test_a_coach_logs_in_and_lands_on_the_page_asked_for(page: Page, web: str, coach: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.text} {page.url}"))
    page.goto(f"{web}/docs?from=a%20letter")
    _log_in_at_provider(page, coach)
    page.wait_for_url(f"{web}/docs?from=a%20letter")
    expect(page.get_by_text("Dana <b> · coach")).to_be_visible()
    assert [text for text in said if web in text.split()[-1]] == []
    kept = [one for one in page.context.cookies() if one["name"].startswith("workbench")]
    assert {one["name"]: one["path"] for one in kept} == {COOKIE: "/", ID_TOKEN_COOKIE: "/logout"}
    assert all(one["httpOnly"] and one["sameSite"] == "Lax" for one in kept)


def test_somebody_unknown_is_told_whom_to_ask(
    page: Page, web: str, provider: Glewlwyd, settings: Settings
) -> None:
    email = provider.add_person("kim")
    page.goto(f"{web}/login")
    _log_in_at_provider(page, email)
    expect(page.get_by_text(f"workbench user add {email} --role coach --oidc")).to_be_visible()
    assert COOKIE not in {cookie["name"] for cookie in page.context.cookies(web)}
    assert find_account(settings.accounts_path, email) is None


def test_an_address_that_nobody_verified_is_nobody(
    page: Page, web: str, provider: Glewlwyd, settings: Settings
) -> None:
    email = _with_account(provider.add_person("lee", verified=False), settings)
    page.goto(f"{web}/login")
    _log_in_at_provider(page, email)
    expect(page.get_by_text("has not verified your email address")).to_be_visible()
    assert COOKIE not in {cookie["name"] for cookie in page.context.cookies(web)}


def test_logging_out_ends_the_login_at_the_provider_too(page: Page, web: str, coach: str) -> None:
    page.goto(f"{web}/docs")
    _log_in_at_provider(page, coach)
    page.wait_for_url(f"{web}/docs")
    page.goto(f"{web}/logout")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_text("wishes you to close the current session")).to_be_visible()
    with page.expect_response(lambda said: said.request.method == "DELETE" and said.ok):
        page.locator("button:visible", has_text="Logout").first.click()
    page.goto(f"{web}/login")
    page.get_by_role("link", name=BUTTON).click()
    expect(page.locator("#username")).to_be_visible()


def test_the_provider_may_change_its_keys(
    page: Page, web: str, coach: str, provider: Glewlwyd
) -> None:
    provider.rotate_keys()
    page.goto(f"{web}/docs")
    _log_in_at_provider(page, coach)
    page.wait_for_url(f"{web}/docs")


def test_a_login_that_ends_closes_the_open_dashboard(
    page: Page, provider: Glewlwyd, ports: list[int], tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, provider.issuer, ports[1])
    short = settings.model_copy(update={"session_hours": 12 / 3600})
    email = _with_account(provider.add_person("ray"), settings)
    with serving(short, recheck_seconds=0.2) as web:
        page.goto(f"{web}/login?next=/dashboard/")
        with page.expect_websocket() as opened:
            _log_in_at_provider(page, email)
        opened.value.wait_for_event("close", timeout=60_000)
        page.goto(f"{web}/dashboard/")
        page.wait_for_url(f"{web}/login?next=/dashboard/")
