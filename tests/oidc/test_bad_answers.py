"""What no good server sends is refused: forged, old, foreign and broken answers."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from joserfc.jwk import RSAKey
from starlette.testclient import TestClient

from api.oidc_flow import FLOW_COOKIE
from tests.oidc.bad_provider import CODE, BadProvider, Claims, good_claims, packed
from tests.oidc.driver import ORIGIN, Change, assert_refused, come_back, leave, log_in, open_web

STRANGER = RSAKey.generate_key(2048, {"kid": "first"})


@pytest.fixture
def web(bad: BadProvider, tmp_path: Path) -> TestClient:
    return open_web(bad, tmp_path)


def test_a_good_answer_logs_in(web: TestClient, bad: BadProvider) -> None:
    answer = log_in(web, bad)
    assert (answer.status_code, answer.headers["location"]) == (303, "/docs")
    assert web.get("/docs").status_code == 200
    [form] = [form for path, form in bad.asked if path == "/token"]
    assert form["code"] == CODE and form["redirect_uri"] == f"{ORIGIN}/login/oidc/callback"


def test_the_code_is_bound_to_this_browser_by_pkce(web: TestClient, bad: BadProvider) -> None:
    sent = leave(web)
    come_back(web, state=sent["state"])
    [form] = [form for path, form in bad.asked if path == "/token"]
    digest = hashlib.sha256(form["code_verifier"].encode()).digest()
    assert (sent["code_challenge"], sent["code_challenge_method"]) == (packed(digest), "S256")


WRONG: list[tuple[Change, str]] = [
    (lambda claims: claims | {"nonce": "another"}, "belongs to another login"),
    (lambda claims: _without(claims, "nonce"), "belongs to another login"),
    (lambda claims: claims | {"iss": "https://evil.example"}, "another login service"),
    (lambda claims: _without(claims, "iss"), "another login service"),
    (lambda claims: claims | {"aud": "another"}, "another application"),
    (lambda claims: claims | {"aud": "another", "azp": "workbench"}, "another application"),
    (lambda claims: claims | {"aud": ["workbench", "another"]}, "another application"),
    (lambda claims: claims | {"azp": "another"}, "another application"),
    (lambda claims: _without(claims, "aud"), "another application"),
    (lambda claims: claims | {"exp": int(time.time()) - 120}, "has expired"),
    (lambda claims: _without(claims, "exp"), "does not say when it ends"),
    (lambda claims: claims | {"iat": int(time.time()) + 600}, "clocks differ"),
    (lambda claims: claims | {"nbf": int(time.time()) + 600}, "clocks differ"),
    (lambda claims: _without(claims, "sub"), "whom it is about"),
    (lambda claims: claims | {"at_hash": "xxxx"}, "do not belong together"),
    (lambda claims: claims | {"email_verified": False}, "has not verified"),
    (lambda claims: claims | {"email_verified": "true"}, "has not verified"),
    (lambda claims: claims | {"email": "kim@company.example"}, "workbench user add kim@company"),
    (lambda claims: claims | {"email": "dana@\u212aompany.example"}, "does not tell a name"),
    (lambda claims: claims | {"email": " dana@company.example"}, "does not tell a name"),
    (lambda claims: claims | {"email": ["dana@company.example"]}, "does not tell a name"),
]


def _without(claims: Claims, name: str) -> Claims:
    return {key: value for key, value in claims.items() if key != name}


@pytest.mark.parametrize(("change", "words"), WRONG)
def test_wrong_claims_are_refused(
    web: TestClient, bad: BadProvider, change: Change, words: str
) -> None:
    assert_refused(log_in(web, bad, change), words)
    assert web.get("/docs").status_code == 401


FORGED: list[tuple[Callable[[BadProvider, Claims], str], str]] = [
    (lambda _, claims: _unsigned(claims), "signed in a way"),
    (lambda bad, claims: bad.sign_with_public_key(claims), "signed in a way"),
    (lambda bad, claims: bad.sign(claims, STRANGER), "not signed by a key"),
    (lambda bad, claims: bad.sign(claims)[:-4] + "AAAA", "not signed by a key"),
    (lambda *_: "not.a.token", "cannot be read"),
]


def _unsigned(claims: Claims) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "none"}, claims)]
    return ".".join([*(packed(part) for part in parts), ""])


@pytest.mark.parametrize(("sign", "words"), FORGED)
def test_forged_tokens_are_refused(
    web: TestClient,
    bad: BadProvider,
    sign: Callable[[BadProvider, Claims], str],
    words: str,
) -> None:
    sent = leave(web)
    claims = good_claims(bad, sent["nonce"])
    bad.token = {"access_token": "a", "token_type": "Bearer", "id_token": sign(bad, claims)}
    assert_refused(come_back(web, state=sent["state"]), words)


def test_a_token_that_names_its_own_nonce_beside_it_is_refused(
    web: TestClient, bad: BadProvider
) -> None:
    bad.token = {"nonce": "another", "client_id": "another"}
    answer = log_in(web, bad, lambda claims: claims | {"nonce": "another"})
    assert_refused(answer, "belongs to another login")


def test_keys_that_changed_are_read_again_once(web: TestClient, bad: BadProvider) -> None:
    leave(web)
    bad.key = RSAKey.generate_key(2048, {"kid": "second"})
    assert log_in(web, bad).status_code == 303
    assert [path for path, _ in bad.asked].count("/keys") == 2


def test_a_state_is_good_in_one_browser_and_once(web: TestClient, bad: BadProvider) -> None:
    sent = leave(web)
    assert_refused(come_back(web, state="another"), "in another browser")
    assert_refused(come_back(web, state=sent["state"]), "in another browser")
    assert_refused(come_back(web), "in another browser")
    web.cookies[FLOW_COOKIE] = "x.y.z"
    assert_refused(come_back(web, state=sent["state"]), "in another browser")
    assert "/token" not in [path for path, _ in bad.asked]


def test_what_the_browser_keeps_is_its_own_and_short(web: TestClient) -> None:
    answer = web.get("/login/oidc")
    cookie = answer.headers["set-cookie"]
    assert "Path=/login/oidc" in cookie and "Max-Age=600" in cookie
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/login/oidc", "x"])
def test_a_login_leads_nowhere_else(web: TestClient, bad: BadProvider, wanted: str) -> None:
    sent = leave(web, wanted)
    claims = good_claims(bad, sent["nonce"])
    bad.token = {"access_token": "a", "id_token": bad.sign(claims)}
    assert come_back(web, state=sent["state"]).headers["location"] == "/"


def test_other_addresses_of_this_machine_lead_to_the_one_that_is_known(web: TestClient) -> None:
    answer = web.get("/login/oidc?next=/docs", headers={"host": "localhost:8080"})
    assert answer.headers["location"] == f"{ORIGIN}/login/oidc?next=/docs"
    assert "set-cookie" not in answer.headers


def test_who_broke_off_is_told_so(web: TestClient) -> None:
    sent = leave(web)
    answer = web.get(
        "/login/oidc/callback",
        params={"state": sent["state"], "error": "access_denied", "error_description": "<b>no"},
    )
    assert_refused(answer, "broken off")
    assert "<b>no" not in answer.text


def test_an_answer_of_another_issuer_is_refused(web: TestClient) -> None:
    sent = leave(web)
    assert_refused(come_back(web, state=sent["state"], iss="https://evil.example"), "another")
