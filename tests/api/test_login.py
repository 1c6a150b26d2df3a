"""Accounts, the login form, the cookie, and how a login ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.accounts import (
    check_password,
    create_account,
    find_account,
    list_accounts,
    set_password,
    set_role,
)
from api.app import create_app
from api.cookie import COOKIE, LoginCookie
from api.login import local_path
from api.throttle import FREE_TRIES, LONGEST_WAIT, Throttle, TooManyTries
from core.errors import BadInput, Conflict, NotFound
from core.settings import Settings

NOW = datetime(2026, 11, 22, 16, tzinfo=UTC)
PASSWORD = "correct horse battery"
FORM = {"username": "dana", "password": PASSWORD}


@pytest.fixture
def accounts_path(tmp_path: Path) -> Path:
    path = tmp_path / "people" / "accounts.sqlite"
    create_account(path, "Dana", PASSWORD, "coach", NOW)
    return path


def test_account_is_kept_without_its_password(accounts_path: Path) -> None:
    [account] = list_accounts(accounts_path)
    assert (account.username, account.display_name, account.role) == ("dana", "Dana", "coach")
    assert PASSWORD.encode() not in accounts_path.read_bytes()
    assert b"$argon2id$" in accounts_path.read_bytes()


def test_password_is_checked(accounts_path: Path) -> None:
    assert check_password(accounts_path, "DANA", PASSWORD) is not None
    assert check_password(accounts_path, "dana", PASSWORD + "x") is None
    assert check_password(accounts_path, "nobody", PASSWORD) is None


def test_no_password_opens_an_account_without_one(accounts_path: Path) -> None:
    create_account(accounts_path, "kim@b.example", None, "coach", NOW)
    assert check_password(accounts_path, "kim@b.example", "") is None
    assert check_password(accounts_path, "kim@b.example", "the password of nobody") is None
    set_password(accounts_path, "kim@b.example", PASSWORD)
    assert check_password(accounts_path, "kim@b.example", PASSWORD) is not None


def test_another_role_ends_logins_and_the_same_does_not(accounts_path: Path) -> None:
    set_role(accounts_path, "Dana", "coach")
    before = find_account(accounts_path, "dana")
    set_role(accounts_path, "Dana", "analyst")
    after = find_account(accounts_path, "dana")
    assert before and (before.role, before.session_version) == ("coach", 1)
    assert after and (after.role, after.session_version) == ("analyst", 2)


def test_account_is_refused_when_its_name_is_taken(accounts_path: Path) -> None:
    with pytest.raises(Conflict, match="taken"):
        create_account(accounts_path, "dana", PASSWORD, "admin", NOW)


@pytest.mark.parametrize(
    ("username", "password", "role"),
    [("dana k", PASSWORD, "coach"), ("kim", "short", "coach"), ("kim", PASSWORD, "owner")],
)
def test_unusable_account_is_refused(
    accounts_path: Path, username: str, password: str, role: str
) -> None:
    with pytest.raises(BadInput):
        create_account(accounts_path, username, password, role, NOW)


def test_new_password_ends_logins(accounts_path: Path) -> None:
    cookie = LoginCookie("k" * 43, accounts_path, timedelta(hours=8), is_secure=False)
    account = find_account(accounts_path, "dana")
    assert account is not None
    value = cookie.issue(account, datetime.now(UTC))
    assert cookie.read(value) is not None
    set_password(accounts_path, "dana", "another long password")
    assert cookie.read(value) is None


def test_new_password_of_nobody_is_not_found(accounts_path: Path) -> None:
    with pytest.raises(NotFound):
        set_password(accounts_path, "nobody", PASSWORD)


def test_cookie_is_refused_when_old_or_signed_with_another_key(accounts_path: Path) -> None:
    cookie = LoginCookie("k" * 43, accounts_path, timedelta(hours=8), is_secure=False)
    account = find_account(accounts_path, "dana")
    assert account is not None
    other = LoginCookie("x" * 43, accounts_path, timedelta(hours=8), is_secure=False)
    assert cookie.read(cookie.issue(account, datetime.now(UTC) - timedelta(hours=9))) is None
    assert cookie.read(other.issue(account, datetime.now(UTC))) is None


def test_login_leads_on_to_the_wanted_page(stranger: TestClient) -> None:
    answer = stranger.post("/login", data=FORM | {"next": "/dashboard/?tutor=T-1"})
    assert answer.headers["location"] == "/dashboard/?tutor=T-1"
    morsel = SimpleCookie(answer.headers["set-cookie"])[COOKIE]
    assert (morsel["httponly"], morsel["samesite"], morsel["path"]) == (True, "lax", "/")
    assert (morsel["max-age"], morsel["secure"]) == ("28800", "")


def test_login_cookie_is_secure_behind_https(
    web_settings: Settings, web_app: FastAPI, tmp_path: Path
) -> None:
    url = "https://workbench.example"
    public = web_settings.model_copy(update={"public_url": url})
    app = create_app(public, dashboard=tmp_path / "dashboard.py")
    client = TestClient(app, base_url=url, follow_redirects=False)
    answer = client.post("/login", data=FORM, headers={"origin": url})
    assert "; Secure" in answer.headers["set-cookie"]


def test_logged_in_browser_reads_pages_and_api(browser: TestClient) -> None:
    assert browser.get("/docs").status_code == 200
    assert browser.get("/v1/freshness").status_code == 503
    assert browser.get("/login?next=/docs").headers["location"] == "/docs"


@pytest.mark.parametrize("name", ["dana", "nobody", "", '"><script>alert(1)</script>'])
def test_wrong_login_says_the_same_to_everybody(stranger: TestClient, name: str) -> None:
    answer = stranger.post("/login", data={"username": name, "password": "wrong"})
    assert answer.status_code == 401
    assert "do not match" in answer.text
    assert "<script>" not in answer.text
    assert "set-cookie" not in answer.headers


def test_tries_are_slowed_down_even_with_the_right_password(stranger: TestClient) -> None:
    for _ in range(FREE_TRIES):
        stranger.post("/login", data=FORM | {"password": "wrong"})
    answer = stranger.post("/login", data=FORM)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert stranger.post("/login", data=FORM | {"username": "kim"}).status_code == 401


def _wait_after(throttle: Throttle, tries: int) -> int | None:
    now = NOW
    for _ in range(tries):
        throttle.attempt(("dana", "127.0.0.1"), now)
        now += LONGEST_WAIT
    with pytest.raises(TooManyTries) as refused:
        throttle.attempt(("dana", "127.0.0.1"), now - LONGEST_WAIT)
    return refused.value.retry_after_seconds


def test_wait_doubles_up_to_the_longest() -> None:
    waits = [_wait_after(Throttle(), FREE_TRIES + more) for more in (0, 1, 2, 20)]
    assert waits == [15, 30, 60, LONGEST_WAIT.total_seconds()]


def test_success_forgets_failed_tries() -> None:
    throttle, key = Throttle(), ("dana", "127.0.0.1")
    for _ in range(3 * FREE_TRIES):
        throttle.attempt(key, NOW)
        throttle.succeeded(key)


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil",
        "",
        "/login?next=/login",
        "/logout",
    ],
)
def test_login_never_leads_elsewhere(stranger: TestClient, wanted: str) -> None:
    assert local_path(wanted) == "/"
    answer = stranger.post("/login", data=FORM | {"next": wanted})
    assert answer.headers["location"] == "/"


def test_logout_ends_every_login_of_the_account(browser: TestClient) -> None:
    stolen = browser.cookies[COOKIE]
    assert browser.post("/logout").headers["location"] == "/login"
    assert COOKIE not in browser.cookies
    browser.cookies[COOKIE] = stolen
    assert browser.get("/docs").status_code == 401


def test_logout_asks_first(browser: TestClient) -> None:
    page = browser.get("/logout").text
    assert "Dana &lt;b&gt;" in page
    assert browser.get("/docs").status_code == 200
