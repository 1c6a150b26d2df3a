"""One process at a time on a journal: two would give the same number to two records."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import CannotStart


@contextmanager
def alone_on(folder: Path) -> Iterator[None]:
    """Keeps every other ingest off the journal's folder, which is made if it is not there.

    Raises:
        CannotStart: the folder cannot be written, or another process is on it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "lock").open("w")
    except OSError:
        raise not_writable(folder) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"Another ingest runs on {folder}. Stop it, or set WORKBENCH_DATA_DIR."
            ) from None
        yield


def not_writable(folder: Path) -> CannotStart:
    """Returns the error that says so, and what to do."""
    return CannotStart(
        f"Cannot write to {folder}. Set WORKBENCH_DATA_DIR to a folder that takes it."
    )
