"""No read without a login: every address, every method, every websocket."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, MutableMapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.accounts import end_logins, find_account, set_teams
from api.cookie import COOKIE
from api.gate import LOGIN_IS_OVER, OPEN_FOLDER, OPEN_PATHS, Door, Gate
from core.settings import Settings
from core.tokens import KeyRing

ORIGIN = "http://127.0.0.1:8080"
SOCKET = "ws://127.0.0.1:8080/dashboard/ws?session_id=s_abc123"
MakeToken = Callable[[str], dict[str, str]]


def _paths(app: FastAPI) -> Iterator[str]:
    for path in [*app.openapi()["paths"], *_route_paths(app.routes)]:
        yield re.sub(r"\{.*?\}", "x", path)
    yield from ("/dashboard/", "/dashboard/api/version", "/dashboard/assets/x.js", "/nowhere")


def _route_paths(routes: list[Any]) -> Iterator[str]:
    for route in routes:
        nested = getattr(route, "original_router", None)
        yield from _route_paths(nested.routes) if nested else [route.path]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
def test_no_address_answers_a_stranger(web_app: FastAPI, stranger: TestClient, method: str) -> None:
    paths = {path for path in _paths(web_app) if not path.startswith(OPEN_FOLDER)}
    shut = paths - OPEN_PATHS
    assert {"/v1/tutors", "/v1/mailbox", "/mailbox/x", "/docs", "/openapi.json"} <= shut
    statuses = {path: stranger.request(method, path).status_code for path in shut}
    assert statuses == dict.fromkeys(shut, 401)


def test_health_is_open_and_its_details_are_not(
    stranger: TestClient, make_token: MakeToken, publish: Callable[[], Any]
) -> None:
    publish()
    assert stranger.get("/healthz").json() == {"status": "ok"}
    assert stranger.get("/readyz").json() == {"status": "ready"}
    details = stranger.get("/readyz", headers=make_token("marts:read")).json()
    assert details["published"]["number"] == 1


def test_browser_is_led_to_the_login_with_its_query_kept(stranger: TestClient) -> None:
    answer = stranger.get("/dashboard/?tutor=T-1&x=a%20b", headers={"accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=/dashboard/%3Ftutor%3DT-1%26x%3Da%2520b"


def test_api_client_is_told_how_to_get_in(stranger: TestClient) -> None:
    answer = stranger.get("/v1/tutors", headers={"accept": "text/html"})
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"
    assert "workbench token" in answer.json()["detail"]


@pytest.mark.parametrize("header", ["Bearer nonsense", "Basic ZGFuYTp4", "Bearer", ""])
def test_bad_token_is_refused(stranger: TestClient, header: str) -> None:
    assert stranger.get("/v1/tutors", headers={"authorization": header}).status_code == 401


def test_token_needs_the_scope(stranger: TestClient, make_token: MakeToken) -> None:
    answer = stranger.get("/v1/tutors", headers=make_token("ingest:write"))
    assert (answer.status_code, answer.json()["title"]) == (403, "Not allowed")


@pytest.mark.parametrize("path", ["/dashboard/", "/mailbox", "/", "/logout"])
def test_token_opens_no_page(stranger: TestClient, make_token: MakeToken, path: str) -> None:
    assert stranger.get(path, headers=make_token("marts:read")).status_code == 403


def test_other_host_is_refused(stranger: TestClient) -> None:
    assert stranger.get("/healthz", headers={"host": "evil.example"}).status_code == 422


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:4200", ""])
def test_foreign_page_cannot_act(browser: TestClient, origin: str) -> None:
    assert browser.post("/logout", headers={"origin": origin}).status_code == 403
    assert browser.get("/docs").status_code == 200


def test_foreign_page_cannot_log_in(stranger: TestClient) -> None:
    answer = stranger.post("/login", data={}, headers={"origin": "http://evil.example"})
    assert answer.status_code == 403


def test_large_login_form_is_refused(stranger: TestClient) -> None:
    answer = stranger.post("/login", data={"username": "x" * 20_000})
    assert answer.status_code == 413


def test_stranger_gets_no_websocket(stranger: TestClient) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        stranger.websocket_connect(SOCKET, headers={"origin": ORIGIN}),
    ):
        pass
    assert refused.value.code == LOGIN_IS_OVER


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:4200"])
def test_foreign_page_gets_no_websocket(browser: TestClient, origin: str) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        browser.websocket_connect(SOCKET, headers={"origin": origin}),
    ):
        pass
    assert refused.value.code == LOGIN_IS_OVER


def test_token_gets_no_websocket(stranger: TestClient, make_token: MakeToken) -> None:
    headers = make_token("marts:read") | {"origin": ORIGIN}
    with pytest.raises(WebSocketDisconnect), stranger.websocket_connect(SOCKET, headers=headers):
        pass


async def _echo(scope: Any, receive: Any, send: Any) -> None:
    socket = WebSocket(scope, receive, send)
    await socket.accept()
    async for text in socket.iter_text():
        await socket.send_text(text)


class _Line:
    """Both ends of one websocket, without a network."""

    def __init__(self, cookie: str) -> None:
        headers = {"host": "127.0.0.1:8080", "origin": ORIGIN, "cookie": f"{COOKIE}={cookie}"}
        self.scope = {
            "type": "websocket",
            "path": "/dashboard/ws",
            "headers": [(name.encode(), text.encode()) for name, text in headers.items()],
        }
        self.sent: list[MutableMapping[str, Any]] = []
        self.on_echo: Callable[[], None] = lambda: None
        self.incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.incoming.put_nowait({"type": "websocket.connect"})
        self.incoming.put_nowait({"type": "websocket.receive", "text": "still there?"})

    async def send(self, message: MutableMapping[str, Any]) -> None:
        self.sent.append(message)
        if message["type"] == "websocket.send":
            self.on_echo()

    def run(self, gate: Gate) -> list[str]:
        asyncio.run(asyncio.wait_for(gate(self.scope, self.incoming.get, self.send), timeout=20))
        return [message["type"] for message in self.sent]


@pytest.fixture
def watched(web_app: FastAPI, web_settings: Settings) -> Gate:
    keys = KeyRing.load(web_settings.secrets_dir)
    door = Door(keys, web_app.state.web.cookie, frozenset({ORIGIN}))
    return Gate(_echo, door, recheck_seconds=0.05)


def test_expired_login_closes_its_socket(
    watched: Gate, web_app: FastAPI, web_settings: Settings
) -> None:
    account = find_account(web_settings.accounts_path, "dana")
    assert account is not None
    cookie = web_app.state.web.cookie
    ends_soon = datetime.now(UTC) - cookie.lasts + timedelta(seconds=2)
    line = _Line(cookie.issue(account, ends_soon))
    assert line.run(watched) == ["websocket.accept", "websocket.send", "websocket.close"]
    assert line.sent[-1]["code"] == LOGIN_IS_OVER


@pytest.mark.parametrize(
    "change", [end_logins, lambda path, name: set_teams(path, name, ["omar@company.example"])]
)
def test_logout_and_a_change_of_teams_close_open_sockets(
    watched: Gate,
    web_app: FastAPI,
    web_settings: Settings,
    change: Callable[[Path, str], None],
) -> None:
    account = find_account(web_settings.accounts_path, "dana")
    assert account is not None
    line = _Line(web_app.state.web.cookie.issue(account, datetime.now(UTC)))
    line.on_echo = lambda: change(web_settings.accounts_path, "dana")
    assert line.run(watched)[-1] == "websocket.close"
