"""Knows who asks, by a token or by a signature, and how much each sender may ask."""

from __future__ import annotations

import base64
import hmac
import time
from datetime import datetime
from pathlib import Path

from core.errors import NotAuthenticated, TooManyRequests
from core.signing import signing_keys
from core.tokens import KeyRing, Principal

_MOST_TOKENS = 1024
_LOOK_EVERY_SECONDS = 1.0
_SIGNATURE_SECONDS = 300
_BURST_SECONDS = 2.0


class Doorkeeper:
    """Verifies senders. A token is verified once and remembered until it expires, 1,024 at most.

    Keys and secrets that changed on disk count within a second, and then nobody is remembered.
    """

    def __init__(self, secrets_dir: Path, requests_per_second: float) -> None:
        self._secrets_dir = secrets_dir
        self._rate = requests_per_second
        self._known: dict[bytes, Principal] = {}
        self._allowances: dict[str, tuple[float, float]] = {}
        self._keys = KeyRing.load(secrets_dir)
        self._signing = signing_keys(secrets_dir)
        self._look_at = 0.0

    def admit(self, authorization: bytes, scope: str, now: datetime) -> Principal:
        """Returns who sent the `Authorization` header.

        Raises:
            NotAuthenticated: there is no bearer token, or it is not valid.
            NotAllowed: the token lacks `scope`.
            TooManyRequests: this sender asks more often than is allowed.
        """
        self._look()
        principal = self._known.get(authorization)
        if principal is None or principal.expires_at <= now.timestamp():
            principal = self._verify(authorization, scope)
        principal.require(scope)
        self._take_one(principal.subject)
        return principal

    def is_signed(self, headers: dict[bytes, bytes]) -> bool:
        """Returns whether the request says who sent it by a signature instead of a token."""
        return b"webhook-signature" in headers and b"authorization" not in headers

    def admit_signed(self, headers: dict[bytes, bytes], body: bytes, now: datetime) -> Principal:
        """Returns who signed the body as it was sent (Standard Webhooks, five minutes).

        Raises:
            NotAuthenticated: no secret of any sender fits, or the signature is too old.
            TooManyRequests: this sender asks more often than is allowed.
        """
        self._look()
        moment = headers.get(b"webhook-timestamp", b"")
        signed = b"%b.%b.%b" % (headers.get(b"webhook-id", b""), moment, body)
        given = headers[b"webhook-signature"].split(b" ")
        for sender, keys in self._signing.items():
            if _is_near(moment, now) and any(_fits(key, signed, given) for key in keys):
                self._take_one(sender)
                return Principal(sender, frozenset({"ingest:write"}), 0)
        raise NotAuthenticated(
            "The signature fits no sender, or its time is more than five minutes off. Sign "
            "webhook-id, webhook-timestamp and the raw body. See: workbench signing-secret SENDER"
        )

    def _look(self) -> None:
        if (now := time.monotonic()) < self._look_at:
            return
        self._look_at = now + _LOOK_EVERY_SECONDS
        before = (self._keys, self._signing)
        self._keys = KeyRing.load(self._secrets_dir)
        self._signing = signing_keys(self._secrets_dir)
        if before != (self._keys, self._signing):
            self._known.clear()

    def _verify(self, authorization: bytes, scope: str) -> Principal:
        method, _, token = authorization.decode("latin-1").partition(" ")
        if method.lower() != "bearer" or not token:
            raise NotAuthenticated(
                f"Send Authorization: Bearer TOKEN. Make one with: workbench token --scope {scope}"
            )
        principal = self._keys.verify(token.strip())
        if len(self._known) >= _MOST_TOKENS:
            self._known.clear()
        self._known[authorization] = principal
        return principal

    def _take_one(self, sender: str) -> None:
        # a bucket that fills at the rate and holds two seconds of it, or one request
        most, now = max(1, self._rate * _BURST_SECONDS), time.monotonic()
        left, filled_at = self._allowances.get(sender, (most, now))
        left = min(most, left + (now - filled_at) * self._rate)
        if left < 1:
            raise TooManyRequests("This sender asks too often. Send more records in one request.")
        self._allowances[sender] = (left - 1, now)


def _is_near(moment: bytes, now: datetime) -> bool:
    is_number = moment.isdigit() and len(moment) < 12
    return is_number and abs(int(moment) - now.timestamp()) <= _SIGNATURE_SECONDS


def _fits(key: bytes, signed: bytes, given: list[bytes]) -> bool:
    # own lines: the library of the standard takes bodies for text, so gzip would end in a crash
    wanted = b"v1," + base64.b64encode(hmac.digest(key, signed, "sha256"))
    return any(hmac.compare_digest(wanted, signature) for signature in given)
