"""Makes and checks JWTs. One algorithm per key, keys from a closed set, scopes in the token."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import jwt

from core.errors import NotAllowed, NotAuthenticated
from core.secrets import read_or_create

ALGORITHM = "HS256"
ISSUER = "tutor-workbench"
AUDIENCE = "tutor-workbench"
SCOPES = {
    "ingest:write": "post sessions, tutors and flag actions",
    "ingest:read": "read receipts, quarantine and health details",
    "marts:read": "read the published marts",
}
_REQUIRED = ["exp", "iat", "iss", "aud", "sub", "scope"]
_LEEWAY_SECONDS = 60


@dataclass(frozen=True)
class Principal:
    """Who asks, and what the token lets them do."""

    subject: str
    scopes: frozenset[str]
    expires_at: int

    def require(self, scope: str) -> None:
        """Raises NotAllowed when the token does not carry `scope`."""
        if scope not in self.scopes:
            raise NotAllowed(f"This token lacks the scope {scope}. Ask for: {command(scope)}")


def command(scope: str) -> str:
    """Returns the command that makes a token with `scope`."""
    return f"workbench token --scope {scope}"


@dataclass(frozen=True)
class KeyRing:
    """The closed set of signing keys, by `kid`; the first one signs."""

    keys: dict[str, str]

    @classmethod
    def load(cls, secrets_dir: Path) -> KeyRing:
        """Returns the keys in `secrets_dir`: `jwt-current` and, while rotating, `jwt-previous`."""
        keys = [read_or_create(secrets_dir, "jwt-current")]
        if (previous := secrets_dir / "jwt-previous").exists():
            keys.append(previous.read_text())
        return cls({sha256(key.encode()).hexdigest()[:12]: key for key in keys})

    def issue(self, subject: str, scopes: set[str], now: datetime, lasts: timedelta) -> str:
        """Returns a signed token for `subject`, valid from `now` for `lasts`."""
        kid, key = next(iter(self.keys.items()))
        claims = {
            "sub": subject,
            "scope": " ".join(sorted(scopes)),
            "iss": ISSUER,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + lasts,
            "jti": secrets.token_urlsafe(9),
        }
        return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": kid})

    def verify(self, token: str) -> Principal:
        """Returns who the token speaks for.

        Raises:
            NotAuthenticated: the token is malformed, unknown, expired, or meant for someone else.
        """
        try:
            key = self.keys[jwt.get_unverified_header(token)["kid"]]
            return _principal(_decode(token, key))
        except jwt.ExpiredSignatureError:
            raise NotAuthenticated("The token has expired. Make a new one.") from None
        except (jwt.PyJWTError, KeyError, TypeError):
            raise NotAuthenticated(
                "The token is not valid here. Make one with: workbench token --scope SCOPE"
            ) from None


def _decode(token: str, key: str) -> dict[str, Any]:
    return jwt.decode(
        token,
        key,
        algorithms=[ALGORITHM],
        audience=AUDIENCE,
        issuer=ISSUER,
        leeway=_LEEWAY_SECONDS,
        options={"require": _REQUIRED, "enforce_minimum_key_length": True},
    )


def _principal(claims: dict[str, Any]) -> Principal:
    return Principal(str(claims["sub"]), frozenset(str(claims["scope"]).split()), claims["exp"])
