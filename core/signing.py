"""Secrets that senders sign their requests with, one file each in `secrets/signing`.

The form is that of Standard Webhooks: `whsec_` and base64. While a secret is being changed the one
before is good as well.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path

from core.errors import BadInput
from core.secrets import read_or_create

_FOLDER = "signing"
_PREVIOUS = ".previous"
_SENDER = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def signing_secret(secrets_dir: Path, sender: str) -> str:
    """Returns the secret that `sender` signs with now; it is made on first use.

    Raises:
        BadInput: `sender` is no plain name.
    """
    if not _SENDER.fullmatch(sender):
        raise BadInput("a sender is 1 to 64 lower-case letters, digits or - and starts with no -")
    return _as_secret(read_or_create(secrets_dir / _FOLDER, sender))


def change_signing_secret(secrets_dir: Path, sender: str) -> str:
    """Returns a new secret of `sender`; the one before stays good until the next change."""
    signing_secret(secrets_dir, sender)
    path = secrets_dir / _FOLDER / sender
    path.replace(path.with_name(sender + _PREVIOUS))
    return signing_secret(secrets_dir, sender)


def signing_keys(secrets_dir: Path) -> dict[str, list[bytes]]:
    """Returns the keys that are good now by sender, the current one first."""
    found: dict[str, list[bytes]] = {}
    for path in sorted((secrets_dir / _FOLDER).glob("[a-z0-9]*")):
        sender = path.name.removesuffix(_PREVIOUS)
        found.setdefault(sender, []).append(path.read_bytes())
    return found


def _as_secret(text: str) -> str:
    return "whsec_" + base64.b64encode(text.encode()).decode()
