"""Who may enter: tokens that are remembered, signatures over the raw body, and how often."""

from __future__ import annotations

import base64
import gzip
import hmac
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from core.errors import NotAuthenticated, TooManyRequests
from core.settings import Settings
from core.signing import change_signing_secret, signing_secret
from core.tokens import KeyRing
from ingest import auth
from ingest.auth import Doorkeeper

Make = Callable[..., Any]
URL = "/v1/sessions"


def _signed(secret: str, body: bytes, *, ago: int = 0, **changes: str) -> dict[str, str]:
    moment = str(int(time.time()) - ago)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"msg-1.{moment}.".encode() + body, "sha256")
    headers = {
        "content-type": "application/json",
        "webhook-id": "msg-1",
        "webhook-timestamp": moment,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }
    return headers | changes


@pytest.fixture
def body(make_session: Make) -> bytes:
    return orjson.dumps(make_session())


@pytest.fixture
def secret(ingest_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(auth, "_LOOK_EVERY_SECONDS", 0)
    return signing_secret(ingest_settings.secrets_dir, "rails-web")


@pytest.fixture
def anybody(ingest_client: httpx.AsyncClient) -> httpx.AsyncClient:
    del ingest_client.headers["Authorization"]
    return ingest_client


@pytest.mark.asyncio
async def test_a_signed_request_is_taken_as_its_senders(
    anybody: httpx.AsyncClient, secret: str, body: bytes, quarantined: Make
) -> None:
    answer = await anybody.post(URL, content=body, headers=_signed(secret, body))
    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)
    wrong = body.replace(b"completed", b"done")
    await anybody.post(URL, content=wrong, headers=_signed(secret, wrong))
    assert (await quarantined())[0]["sender"] == "rails-web"


@pytest.mark.asyncio
async def test_the_signature_is_over_the_bytes_as_sent(
    anybody: httpx.AsyncClient, secret: str, body: bytes
) -> None:
    packed = gzip.compress(body)
    headers = _signed(secret, packed) | {"content-encoding": "gzip"}
    assert (await anybody.post(URL, content=packed, headers=headers)).status_code == 202


@pytest.mark.asyncio
async def test_one_good_signature_of_several_is_enough(
    anybody: httpx.AsyncClient, secret: str, body: bytes
) -> None:
    headers = _signed(secret, body)
    headers["webhook-signature"] = "v1a,x v1,AAAA " + headers["webhook-signature"]
    assert (await anybody.post(URL, content=body, headers=headers)).status_code == 202


BAD: list[dict[str, Any]] = [
    {"webhook-signature": ""},
    {"webhook-signature": "v1"},
    {"webhook-signature": "v1,AAAA"},
    {"webhook-signature": "v2,\xe9"},
    {"webhook-id": "msg-2"},
    {"webhook-timestamp": "soon"},
    {"webhook-timestamp": "9" * 40},
    {"ago": 301},
    {"ago": -301},
]


@pytest.mark.asyncio
@pytest.mark.parametrize("change", BAD)
async def test_what_is_not_signed_right_is_401_and_not_stored(
    anybody: httpx.AsyncClient, secret: str, body: bytes, change: dict[str, Any]
) -> None:
    signed = _signed(secret, body, **change)
    headers = [(name, value.encode("latin-1")) for name, value in signed.items()]
    answer = await anybody.post(URL, content=body, headers=headers)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert "workbench signing-secret" in answer.json()["detail"]


@pytest.mark.asyncio
async def test_a_changed_secret_counts_at_once_and_the_one_before_still(
    anybody: httpx.AsyncClient, ingest_settings: Settings, secret: str, body: bytes
) -> None:
    secrets = [secret]
    for _ in range(2):
        secrets.append(change_signing_secret(ingest_settings.secrets_dir, "rails-web"))
    answers = [
        (await anybody.post(URL, content=body, headers=_signed(each, body))).status_code
        for each in secrets
    ]
    assert answers == [401, 202, 202]


@pytest.mark.asyncio
async def test_a_signature_alone_reads_nothing(anybody: httpx.AsyncClient, secret: str) -> None:
    answer = await anybody.get("/readyz", headers=_signed(secret, b""))
    assert answer.json() == {"status": "ready"}


def _token(secrets_dir: Path, hours: float) -> bytes:
    keys = KeyRing.load(secrets_dir)
    token = keys.issue("rails", {"ingest:write"}, datetime.now(UTC), timedelta(hours=hours))
    return f"Bearer {token}".encode()


def test_a_key_that_was_taken_away_lets_nobody_in_who_was_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "_LOOK_EVERY_SECONDS", 0)
    doorkeeper, token = Doorkeeper(tmp_path, 100), _token(tmp_path, 1)
    current = tmp_path / "jwt-current"
    assert doorkeeper.admit(token, "ingest:write", datetime.now(UTC)).subject == "rails"
    current.rename(tmp_path / "jwt-previous")
    assert doorkeeper.admit(token, "ingest:write", datetime.now(UTC)).subject == "rails"
    (tmp_path / "jwt-previous").unlink()
    with pytest.raises(NotAuthenticated):
        doorkeeper.admit(token, "ingest:write", datetime.now(UTC))


def test_a_sender_that_asks_too_often_waits_and_others_do_not(tmp_path: Path) -> None:
    doorkeeper, token = Doorkeeper(tmp_path, 0.1), _token(tmp_path, 1)
    doorkeeper.admit(token, "ingest:write", datetime.now(UTC))
    with pytest.raises(TooManyRequests):
        doorkeeper.admit(token, "ingest:write", datetime.now(UTC))
    ring = KeyRing.load(tmp_path)
    other = ring.issue("other", {"ingest:write"}, datetime.now(UTC), timedelta(hours=1))
    assert doorkeeper.admit(f"Bearer {other}".encode(), "ingest:write", datetime.now(UTC))
