"""An open page in a real browser fills itself, is pushed, and follows clicks without a reload."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from bench.system import BROWSER_OPTIONS, ROOT
from notebooks import dashboard
from tests.notebooks.conftest import PublishSet

_PATIENCE_MS = 30_000
_SERVE = """
import sys, marimo, uvicorn
apps = marimo.create_asgi_app(quiet=True, include_code=False)
app = apps.with_app(path="/dashboard", root=sys.argv[1]).build()
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="error")
"""


@pytest.fixture
def dashboard_url(workbench_environment: Path) -> Iterator[str]:
    """Serves the dashboard from a process of its own: marimo's sessions outlive their server."""
    assert workbench_environment.is_dir()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, "-c", _SERVE, str(dashboard.__file__), str(port)]
    root = Path(str(dashboard.__file__)).parents[1]
    with subprocess.Popen(command, cwd=root) as server:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}/dashboard/"
        server.kill()


def _wait_for(port: int) -> None:
    for _ in range(600):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the dashboard did not start")


@pytest.fixture
def phone_page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=(ROOT / ".venv" / "browser").read_text().strip(),
            args=BROWSER_OPTIONS,
        )
        page = browser.new_page(viewport={"width": 360, "height": 700})
        page.set_default_timeout(_PATIENCE_MS)
        expect.set_options(timeout=_PATIENCE_MS)
        yield page
        browser.close()


def test_an_open_page_fills_itself_and_follows_publishes_and_clicks(
    dashboard_url: str, phone_page: Page, publish_set: PublishSet
) -> None:
    asked: list[str] = []
    phone_page.on("request", lambda request: asked.append(request.url))
    phone_page.goto(dashboard_url)
    _expect_heading(phone_page, "The first marts are being built")
    publish_set(1)
    _expect_heading(phone_page, "One tutor needs you today")
    _expect_a_quiet_push(phone_page, publish_set)
    phone_page.get_by_role("link", name="Rivera, T.").first.click()
    _expect_heading(phone_page, "Rivera, Tomás")
    expect(phone_page.locator(".tw-chart svg")).to_be_visible()
    assert phone_page.url == f"{dashboard_url}?tutor=T-1"
    assert phone_page.evaluate("(e => e.scrollWidth - e.clientWidth)(App)") == 0
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
