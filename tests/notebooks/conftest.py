"""A real published set in a folder of its own, and a way to publish the next one."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from bench.system import BROWSER_OPTIONS, ROOT
from core.lake import write_durably
from core.marts import POINTER, Published
from notebooks import dashboard, data, pages
from notebooks.data import Reader
from notebooks.viewer import NOBODY, Viewer

PublishSet = Callable[..., Published]
_PATIENCE_MS = 30_000
_SERVE = """
import sys, marimo, uvicorn
apps = marimo.create_asgi_app(quiet=True, include_code=False)
app = apps.with_app(path="/dashboard", root=sys.argv[1]).build()
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="error")
"""
# as the web process serves it, to a coach who is logged in
_SERVE_WITH_FIRST_VIEW = _SERVE.replace(
    "uvicorn.run(app,",
    """
from api.first_view import WithFirstView
from core.settings import load_settings
from notebooks.first_view import first_view
whole = WithFirstView(app, first_view(load_settings()), lambda: {"sam": "Sam"})
coach = {"username": "dana", "display_name": "Dana", "role": "coach", "may_act": True}
async def behind_the_login(scope, receive, send):
    await whole(scope | {"user": coach}, receive, send)
uvicorn.run(behind_the_login,""",
)
# what the pages about the whole company read
COMPANY = Path(__file__).with_name("marts_company.sql").read_text()
_FIRST = Published(1, "marts-1.duckdb", "2026-11-22T16:00:05Z", "2026-11-22T16:00:00Z", 60)


def page_html(reader: Reader, viewer: Viewer = NOBODY, **query: str) -> str:
    return str(pages.compose(reader, query, viewer).body)


@pytest.fixture
def shown_marts_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "marts"
    folder.mkdir()
    return folder


@pytest.fixture
def publish_set(shown_marts_dir: Path) -> PublishSet:
    """Publishes the set of marts.sql under a number, changed by `change` if that is given."""

    def publish(number: int = 1, change: str = "") -> Published:
        published = replace(_FIRST, number=number, file=f"marts-{number}.duckdb")
        with duckdb.connect(str(shown_marts_dir / published.file)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(Path(__file__).with_name("marts.sql").read_text() + change)
        write_durably(shown_marts_dir / POINTER, published.to_json())
        return published

    return publish


@pytest.fixture
def shown_set(shown_marts_dir: Path, publish_set: PublishSet) -> Reader:
    return Reader(data.open_marts(shown_marts_dir), publish_set().number)


@pytest.fixture
def workbench_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Points the settings of this process at the temporary folder, which is returned."""
    monkeypatch.setenv("WORKBENCH_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WORKBENCH_DEMO", "true")
    return tmp_path


@pytest.fixture
def dashboard_url(workbench_environment: Path) -> Iterator[str]:
    """Serves the dashboard from a process of its own: marimo's sessions outlive their server."""
    yield from _served(_SERVE, workbench_environment)


@pytest.fixture
def url_with_first_view(workbench_environment: Path) -> Iterator[str]:
    """Serves the dashboard with the first view that stands before it."""
    yield from _served(_SERVE_WITH_FIRST_VIEW, workbench_environment)


def _served(program: str, environment: Path) -> Iterator[str]:
    assert environment.is_dir()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, "-c", program, str(dashboard.__file__), str(port)]
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
