"""Knows who asks. A token is verified once and remembered until it expires."""

from __future__ import annotations

from datetime import datetime

from core.errors import NotAuthenticated
from core.tokens import KeyRing, Principal

_MOST_TOKENS = 1024


class Doorkeeper:
    """Verifies bearer tokens; keeps at most 1,024 that passed, so that memory stays bounded."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys
        self._known: dict[str, Principal] = {}

    def admit(self, authorization: str, scope: str, now: datetime) -> Principal:
        """Returns who sent the `Authorization` header.

        Raises:
            NotAuthenticated: there is no bearer token, or it is not valid.
            NotAllowed: the token lacks `scope`.
        """
        method, _, token = authorization.partition(" ")
        if method.lower() != "bearer" or not token:
            raise NotAuthenticated(
                f"Send Authorization: Bearer TOKEN. Make one with: workbench token --scope {scope}"
            )
        principal = self._principal(token.strip(), now)
        principal.require(scope)
        return principal

    def _principal(self, token: str, now: datetime) -> Principal:
        known = self._known.get(token)
        if known is None or known.expires_at <= now.timestamp():
            known = self._keys.verify(token)
            if len(self._known) >= _MOST_TOKENS:
                self._known.clear()
            self._known[token] = known
        return known
