"""Passwords: how long they are, and the argon2 hash that is kept of them."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from core.errors import BadInput

SHORTEST_PASSWORD = 12
# OWASP Password Storage Cheat Sheet: 19 MiB, two passes. The lock keeps a burst at 19 MiB.
_HASHER = PasswordHasher(memory_cost=19_456, time_cost=2, parallelism=1)
_ONE_HASH_AT_A_TIME = threading.Lock()


def refuse_short(password: str) -> None:
    """Raises BadInput when the password is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise BadInput(f"Choose a password of at least {SHORTEST_PASSWORD} characters.")


def hash_password(password: str) -> str:
    with _ONE_HASH_AT_A_TIME:
        return _HASHER.hash(password)


def is_password(password_hash: str, password: str) -> bool:
    """Returns whether `password_hash` is of `password`."""
    with _ONE_HASH_AT_A_TIME:
        try:
            return _HASHER.verify(password_hash, password)
        except VerifyMismatchError:
            return False
