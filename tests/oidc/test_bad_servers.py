"""A provider that is down, slow or not what it says holds nobody up; the roles it tells hold."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from api.accounts import create_account, find_account
from api.oidc import Client, Provider
from api.oidc_errors import ProviderDown
from api.oidc_flow import Flow
from tests.oidc.bad_provider import NOW, BadProvider, Claims
from tests.oidc.conftest import settings_for
from tests.oidc.driver import assert_refused, come_back, leave, log_in, open_web
from tests.oidc.glewlwyd import CLIENT_SECRET

ROLES: dict[str, Any] = {
    "oidc_role_claim": "realm_access.roles",
    "oidc_roles": {"leads": "admin", "coaches": "coach"},
}


def test_the_web_starts_while_the_provider_is_down(bad: BadProvider, tmp_path: Path) -> None:
    web = open_web(bad, tmp_path, oidc_issuer="http://127.0.0.1:9")
    assert "Log in with" in web.get("/login").text
    answer = web.get("/login/oidc")
    assert_refused(answer, "does not answer")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


ODD: list[tuple[dict[str, Any], str]] = [
    ({"issuer": "https://evil.example"}, "says that it is another one"),
    ({"token_endpoint": "http://evil.example/token"}, "addresses without https"),
    ({"authorization_endpoint": "javascript:alert(1)"}, "addresses without https"),
    ({"end_session_endpoint": "http://evil.example"}, "addresses without https"),
    ({"jwks_uri": 5}, "addresses without https"),
    ({"jwks_uri": "http://127.0.0.1:9/"}, "down, slow"),
    ({"note": "x" * 1_100_000}, "answers in a way"),
]


@pytest.mark.parametrize(("metadata", "words"), ODD)
def test_a_provider_that_is_not_what_it_says_is_refused(
    bad: BadProvider, tmp_path: Path, metadata: dict[str, Any], words: str
) -> None:
    bad.metadata = metadata
    assert_refused(open_web(bad, tmp_path).get("/login/oidc"), words)


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (400, "invalid_grant", "did not take its own answer back"),
        (401, "invalid_client", "does not know this workbench or its secret"),
        (503, "x", "down, slow, or out of reach"),
    ],
)
def test_a_code_that_is_not_taken_is_told_in_plain_words(
    bad: BadProvider, tmp_path: Path, status: int, error: str, words: str
) -> None:
    web = open_web(bad, tmp_path)
    state = leave(web)["state"]
    bad.statuses["/token"], bad.token = status, {"error": error}
    assert_refused(come_back(web, state=state), words)


def test_a_slow_provider_is_waited_for_once_and_not_for_long(bad: BadProvider) -> None:
    bad.seconds = 2
    client = Client(bad.url, "workbench", CLIENT_SECRET, "openid", "http://x", 0.3)

    async def all_at_once() -> list[object]:
        slow = Provider(client)
        tries = [slow.login_url(Flow.start("/")) for _ in range(20)]
        return list(await asyncio.gather(*tries, return_exceptions=True))

    assert {type(said) for said in asyncio.run(all_at_once())} == {ProviderDown}
    time.sleep(2)  # the server is still busy with the one it got
    assert len(bad.asked) == 1


def _bare(claims: Claims) -> Claims:
    return {name: value for name, value in claims.items() if not name.startswith("email")}


def test_what_the_id_token_leaves_out_is_asked_for(bad: BadProvider, tmp_path: Path) -> None:
    web = open_web(bad, tmp_path)
    bad.userinfo = {"sub": "7", "email": "dana@company.example", "email_verified": True}
    assert log_in(web, bad, _bare).status_code == 303


def test_nobody_comes_in_on_what_is_told_about_another(bad: BadProvider, tmp_path: Path) -> None:
    web = open_web(bad, tmp_path)
    bad.userinfo = {"sub": "8", "email": "dana@company.example", "email_verified": True}
    assert_refused(log_in(web, bad, _bare), "about somebody else")


def test_roles_of_the_provider_make_accounts_and_change_them(
    bad: BadProvider, tmp_path: Path
) -> None:
    web = open_web(bad, tmp_path, **ROLES)
    path = settings_for(tmp_path, bad.url, 8080).accounts_path
    for groups, role in ((["coaches"], "coach"), (["coaches", "leads"], "admin")):
        told = {"realm_access": {"roles": groups}}
        assert log_in(web, bad, lambda claims, told=told: claims | told).status_code == 303
        account = find_account(path, "dana@company.example")
        assert account and (account.role, account.display_name) == (role, "Dana")
        web.cookies.clear()
    assert account.session_version == 2  # a login with the old role is over


def test_who_has_no_role_at_the_provider_does_not_come_in(bad: BadProvider, tmp_path: Path) -> None:
    web = open_web(bad, tmp_path, **ROLES)
    path = settings_for(tmp_path, bad.url, 8080).accounts_path
    create_account(path, "dana@company.example", None, "coach", NOW)
    told = {"realm_access": {"roles": ["students"]}}
    answer = log_in(web, bad, lambda claims: claims | told)
    assert_refused(answer, "gives you no role")


def test_a_provider_without_an_end_of_sessions_is_said_to_go_on(
    bad: BadProvider, tmp_path: Path
) -> None:
    web = open_web(bad, tmp_path)
    log_in(web, bad)
    page = web.post("/logout", headers={"origin": "http://127.0.0.1:8080"})
    assert "Your login at your company account goes on" in page.text
    assert web.get("/docs").status_code == 401


def test_passwords_can_be_switched_off(bad: BadProvider, tmp_path: Path) -> None:
    web = open_web(bad, tmp_path, password_login=False)
    assert 'type="password"' not in web.get("/login").text
    assert web.post("/login", data={"username": "a", "password": "b"}).status_code == 403


def test_nothing_secret_is_logged(
    bad: BadProvider, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    web = open_web(bad, tmp_path)
    log_in(web, bad, lambda claims: claims | {"nonce": "another"})
    said = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert said == ["no login by OpenID Connect: nonce"]
    words = [CLIENT_SECRET, bad.token["id_token"], "dana@company.example"]
    own = [record.getMessage() for record in caplog.records if record.name.startswith("api")]
    assert not [word for word in words if word in "".join(own)]
