"""Every answer says what its page may load, and where its forms may go."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

ORIGIN = "http://127.0.0.1:8080"
PAGE = {"accept": "text/html"}


def _crash() -> None:
    raise RuntimeError("as a bug would")


@pytest.fixture
def careless(web_app: FastAPI, browser: TestClient) -> TestClient:
    """The browser in which Dana has logged in, and a page that crashes."""
    web_app.add_api_route("/crash", _crash, include_in_schema=False)
    cookies = dict(browser.cookies)
    return TestClient(
        web_app,
        base_url=ORIGIN,
        cookies=cookies,
        follow_redirects=False,
        raise_server_exceptions=False,
    )


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/login", 303),
        ("/login/oidc", 404),
        ("/login/oidc/callback?code=x&state=y", 404),
        ("/logout", 200),
        ("/docs", 200),
        ("/dashboard/", 200),
        ("/nowhere", 404),
        ("/crash", 500),
    ],
)
def test_every_page_keeps_its_forms_and_frames_at_home(
    careless: TestClient, path: str, status: int
) -> None:
    answer = careless.get(path, headers=PAGE)
    assert answer.status_code == status
    policy = answer.headers["content-security-policy"]
    assert "form-action 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy or path == "/dashboard/"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


def test_refusals_at_the_gate_carry_it_too(stranger: TestClient) -> None:
    for headers in ({"host": "evil.example"}, PAGE):
        answer = stranger.get("/docs", headers=headers)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
