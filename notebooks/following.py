"""Tells an open page that what it was made of has changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

import marimo as mo

LOOK_SECONDS = 1.0
Stamps = tuple[int, ...]


def stamps_of(paths: Iterable[Path]) -> Stamps:
    """Returns when each file was last changed, in ns; 0 for one that cannot be looked at."""
    return tuple(map(_stamp, paths))


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def follow(paths: tuple[Path, ...], seen: Stamps, tell: Callable[[Stamps], None]) -> None:
    """Tells new stamps of the files, each second that there are any, until its cell is gone.

    It runs in a `mo.Thread`. marimo's own `mo.watch.file` takes what it first sees for a change, so
    that every page was composed once more a second after it was opened.
    """
    thread = mo.current_thread()
    while not thread.should_exit:
        time.sleep(LOOK_SECONDS)
        if (now := stamps_of(paths)) != seen:
            seen = now
            tell(seen)
