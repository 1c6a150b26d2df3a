"""The way to the dashboard, the dashboard's files, the docs, and the headers of every page."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from core.errors import CannotStart
from core.settings import Settings

ORIGIN = "http://127.0.0.1:8080"
SOCKET = "ws://127.0.0.1:8080/dashboard/ws?session_id=s_abc123"
ROOT = Path(__file__).parents[2]


def test_front_door_leads_to_the_dashboard(browser: TestClient) -> None:
    assert browser.get("/").headers["location"] == "/dashboard/"
    answer = browser.get("/dashboard?tutor=T-1&x=a%20b")
    assert (answer.status_code, answer.headers["location"]) == (
        308,
        "/dashboard/?tutor=T-1&x=a%20b",
    )


def test_dashboard_opens_without_its_source(browser: TestClient) -> None:
    page = browser.get("/dashboard/")
    assert page.status_code == 200
    assert "<marimo-filename" in page.text
    assert "1 + 1" not in page.text


def test_dashboard_socket_opens_with_a_login(browser: TestClient) -> None:
    with browser.websocket_connect(SOCKET, headers={"origin": ORIGIN}) as line:
        assert "kernel-ready" in line.receive_text()


def test_dashboard_files_are_packed_and_kept(browser: TestClient) -> None:
    page = browser.get("/dashboard/").text
    script = re.search(r'src="\./(assets/index-[^"]+\.js)"', page)
    assert script is not None
    packed = browser.get(f"/dashboard/{script[1]}", headers={"accept-encoding": "gzip"})
    plain = browser.get(f"/dashboard/{script[1]}", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["cache-control"].endswith("immutable")
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2


@pytest.mark.parametrize("path", ["/login", "/docs", "/mailbox", "/logout", "/nowhere", "/v1/no"])
def test_page_asks_nothing_of_other_sites_and_runs_no_script(
    browser: TestClient, path: str
) -> None:
    answer = browser.get(path, headers={"accept": "text/html"})
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert not re.search(r"<script|https?://", answer.text)


def test_style_of_the_login_page_is_open(stranger: TestClient) -> None:
    assert stranger.get("/static/pages.css").headers["content-type"].startswith("text/css")


def test_docs_list_every_operation(browser: TestClient, web_app: FastAPI) -> None:
    page = browser.get("/docs").text
    for path, methods in web_app.openapi()["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}</code>" in page


def test_lost_browser_gets_a_page_that_says_what_to_do(browser: TestClient) -> None:
    answer = browser.get("/nowhere", headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert "Go to the dashboard" in answer.text


def _start(settings: Settings, data_dir: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **{name: value for name, value in os.environ.items() if "WORKBENCH" not in name},
        "PYTHONPATH": str(ROOT),
        "WORKBENCH_DATA_DIR": str(data_dir),
        "WORKBENCH_WEB_PORT": str(settings.web_port),
    }
    command = [sys.executable, "-m", "api.app"]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_taken_port_is_one_line_and_78(web_settings: Settings, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = _start(web_settings.model_copy(update={"web_port": port}), tmp_path)
    assert (done.returncode, done.stdout) == (78, "")
    assert done.stderr == (
        f"Port {port} on 127.0.0.1 is in use or not ours. Set WORKBENCH_WEB_PORT to a free one.\n"
    )


def test_unusable_data_folder_cannot_start(web_settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    settings = web_settings.model_copy(update={"data_dir": tmp_path / "file"})
    with pytest.raises(CannotStart, match="WORKBENCH_DATA_DIR"):
        create_app(settings)
