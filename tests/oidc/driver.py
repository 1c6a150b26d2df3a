"""A login at the bad provider, step by step, as a browser does it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from starlette.testclient import TestClient

from api.accounts import create_account
from api.cookie import COOKIE
from tests.oidc.bad_provider import CODE, NOW, PERSON, BadProvider, Claims, good_claims
from tests.oidc.conftest import settings_for
from tests.oidc.web import make_app

ORIGIN = "http://127.0.0.1:8080"
Change = Callable[[Claims], Claims]


def open_web(provider: BadProvider, folder: Path, **more: Any) -> TestClient:
    settings = settings_for(folder, provider.url, 8080, **more)
    if "oidc_role_claim" not in more:
        create_account(settings.accounts_path, str(PERSON["email"]), None, "coach", NOW)
    app = make_app(settings)
    return TestClient(app, base_url=ORIGIN, follow_redirects=False)


def leave(web: TestClient, wanted: str = "/docs") -> dict[str, str]:
    """Returns what the browser is sent to the provider with."""
    answer = web.get("/login/oidc", params={"next": wanted})
    assert answer.status_code == 303, answer.text
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


def come_back(web: TestClient, **query: str) -> httpx.Response:
    return web.get("/login/oidc/callback", params={"code": CODE} | query)


def log_in(web: TestClient, provider: BadProvider, change: Change = dict) -> httpx.Response:
    sent = leave(web)
    claims = change(good_claims(provider, sent["nonce"]))
    provider.token |= {"token_type": "Bearer", "access_token": "a"}
    provider.token["id_token"] = provider.sign(claims)
    return come_back(web, state=sent["state"])


def assert_refused(answer: httpx.Response, words: str) -> None:
    assert answer.status_code in (403, 502, 503) and words in answer.text
    assert COOKIE not in answer.headers.get("set-cookie", "")
    assert 'href="/login"' in answer.text
