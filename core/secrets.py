"""Secrets are generated on first use, kept in `data/secrets` with mode 0600, never printed."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def read_or_create(directory: Path, name: str) -> str:
    """Returns the secret called `name`: 43 URL-safe characters holding 256 random bits.

    Two processes that start together get the same one: the first to link its file wins.
    """
    path = directory / name
    if not path.exists():
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        _create_once(path, secrets.token_urlsafe(32))
    return path.read_text()


def prefect_login(directory: Path) -> str:
    """Returns the `user:password` that the Prefect server asks for."""
    return f"workbench:{read_or_create(directory, 'prefect-password')}"


def _create_once(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
