"""A token is believed only when its key, algorithm, issuer, audience and time are ours."""

from __future__ import annotations

import base64
import hmac
import json
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import jwt
import pytest

from core.errors import NotAllowed, NotAuthenticated
from core.tokens import AUDIENCE, ISSUER, KeyRing

HOUR = timedelta(hours=1)


@pytest.fixture
def key_ring(tmp_path: Path) -> KeyRing:
    return KeyRing.load(tmp_path)


def _now() -> datetime:
    return datetime.now(UTC)


def _sign(header: object, claims: object, key: str, digest: str = "sha256") -> str:
    """Returns a token with any header and claims, which PyJWT itself would not make."""
    parts = [json.dumps(part).encode() for part in (header, claims)]
    signed = b".".join(_base64(part) for part in parts)
    return (signed + b"." + _base64(hmac.digest(key.encode(), signed, digest))).decode()


def _base64(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def _claims(**changes: Any) -> dict[str, Any]:
    """Returns good claims with changes; None leaves one out."""
    good = {"sub": "s", "scope": "marts:read", "iss": ISSUER, "aud": AUDIENCE}
    times = {"iat": int(time.time()), "exp": int(time.time()) + 3600}
    return {name: value for name, value in (good | times | changes).items() if value is not None}


def _forge(ring: KeyRing, header: dict[str, Any] | None = None, **changes: Any) -> str:
    """Returns a token signed with our own key whose claims or header are changed."""
    ((kid, key),) = ring.keys.items()
    return _sign({"alg": "HS256", "kid": kid} | (header or {}), _claims(**changes), key)


def test_a_token_says_who_asks_and_what_is_allowed(key_ring: KeyRing) -> None:
    principal = key_ring.verify(key_ring.issue("rails", {"ingest:write"}, _now(), HOUR))
    assert (principal.subject, principal.scopes) == (
        "rails",
        frozenset({"ingest:write"}),
    )
    principal.require("ingest:write")
    with pytest.raises(NotAllowed, match="workbench token --scope marts:read"):
        principal.require("marts:read")


def test_a_scope_must_match_whole(key_ring: KeyRing) -> None:
    principal = key_ring.verify(key_ring.issue("x", {"marts:read-all"}, _now(), HOUR))
    with pytest.raises(NotAllowed):
        principal.require("marts:read")


def test_an_expired_token_is_told_so(key_ring: KeyRing) -> None:
    token = key_ring.issue("rails", set(), _now() - 3 * HOUR, HOUR)
    with pytest.raises(NotAuthenticated, match="has expired"):
        key_ring.verify(token)


REFUSED: list[dict[str, Any]] = [
    {"aud": "another"},
    {"aud": None},
    {"iss": "another"},
    {"iss": None},
    {"exp": None},
    {"exp": "soon"},
    {"iat": None},
    {"iat": 4_102_444_800},
    {"nbf": 4_102_444_800},
    {"sub": None},
    {"scope": None},
    {"header": {"kid": "unknown"}},
    {"header": {"kid": 5}},
    {"header": {"kid": None}},
    {"header": {"kid": ["a"]}},
    {"header": {"alg": "none"}},
    {"header": {"alg": "HS512"}},
    {"header": {"alg": None}},
]


@pytest.mark.parametrize("change", REFUSED, ids=str)
def test_a_token_with_a_wrong_or_missing_claim_is_refused(
    key_ring: KeyRing, change: dict[str, Any]
) -> None:
    with pytest.raises(NotAuthenticated, match="workbench token --scope"):
        key_ring.verify(_forge(key_ring, **change))


def test_a_forged_token_is_refused_for_its_change_alone(key_ring: KeyRing) -> None:
    assert key_ring.verify(_forge(key_ring)).scopes == frozenset({"marts:read"})


def test_no_algorithm_is_not_an_algorithm(key_ring: KeyRing) -> None:
    header = {"alg": "none", "kid": next(iter(key_ring.keys))}
    for token in (
        _sign(header, _claims(), ""),
        _sign(header, _claims(), "").rsplit(".", 1)[0] + ".",
    ):
        with pytest.raises(NotAuthenticated):
            key_ring.verify(token)


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize("bits", [384, 512])
def test_a_key_is_good_for_one_algorithm(key_ring: KeyRing, bits: int) -> None:
    ((kid, key),) = key_ring.keys.items()
    token = _sign({"alg": f"HS{bits}", "kid": kid}, _claims(), key, f"sha{bits}")
    assert jwt.decode(token, key, [f"HS{bits}"], audience=AUDIENCE)
    with pytest.raises(NotAuthenticated):
        key_ring.verify(token)


def test_a_changed_claim_breaks_the_signature(key_ring: KeyRing) -> None:
    header, _, signature = _forge(key_ring).split(".")
    other = _forge(key_ring, scope="ingest:write").split(".")[1]
    with pytest.raises(NotAuthenticated):
        key_ring.verify(f"{header}.{other}.{signature}")


DEEP = base64.urlsafe_b64encode(b"[" * 5_000).decode().rstrip("=")
GARBAGE = ["", ".", "..", "a.b.c", "é.é.é", f"{DEEP}.e30.AA", "W10.e30.AA", "null.null.null"]


@pytest.mark.parametrize("token", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_refused_like_any_bad_token(key_ring: KeyRing, token: str) -> None:
    with pytest.raises(NotAuthenticated):
        key_ring.verify(token)


def test_tokens_outlive_a_rotation_while_the_previous_key_is_kept(tmp_path: Path) -> None:
    token = KeyRing.load(tmp_path).issue("rails", {"ingest:write"}, _now(), HOUR)
    (tmp_path / "jwt-current").rename(tmp_path / "jwt-previous")
    rotated = KeyRing.load(tmp_path)
    assert rotated.verify(token).subject == "rails"
    new = rotated.issue("rails", set(), _now(), HOUR)
    (tmp_path / "jwt-previous").unlink()
    assert KeyRing.load(tmp_path).verify(new)
    with pytest.raises(NotAuthenticated):
        KeyRing.load(tmp_path).verify(token)


@pytest.mark.parametrize("weak", ["", "short"])
def test_a_weak_key_on_disk_signs_nothing(tmp_path: Path, weak: str) -> None:
    (tmp_path / "jwt-previous").write_text(weak)
    header = {"alg": "HS256", "kid": sha256(weak.encode()).hexdigest()[:12]}
    with pytest.raises(NotAuthenticated):
        KeyRing.load(tmp_path).verify(_sign(header, _claims(), weak))
