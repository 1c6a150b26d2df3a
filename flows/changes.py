"""What a set says that the one before did not: for the summary of a run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from core.marts import Published

_FRESHNESS = "SELECT session_count, data_through FROM rpt_freshness"
_OPEN_FLAGS = "SELECT flag_id FROM fct_flags WHERE is_open"


@dataclass(frozen=True)
class Changes:
    """What is new in a set. `lag_seconds` is from the newest record's arrival to the publishing."""

    records: int
    sessions: int
    flags_opened: int
    flags_closed: int
    lag_seconds: float | None


def changes_between(marts_dir: Path, before: Published | None, now: Published) -> Changes:
    """Returns what `now` says that `before` did not; without one before, all of it is new.

    A set that was removed meanwhile counts as none.
    """
    if before is not None and not (marts_dir / before.file).exists():
        before = None
    sessions, newest, flags = _read(marts_dir / now.file)
    had_sessions, _, had_flags = _read(marts_dir / before.file) if before else (0, None, set())
    published_at = datetime.fromisoformat(now.published_at)
    return Changes(
        records=now.ingest_seq - (before.ingest_seq if before else 0),
        sessions=sessions - had_sessions,
        flags_opened=len(flags - had_flags),
        flags_closed=len(had_flags - flags),
        lag_seconds=(published_at - newest).total_seconds() if newest else None,
    )


def _read(path: Path) -> tuple[int, datetime | None, set[str]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        # a reader of this process may have locked the settings of the file's one instance
        [(sessions, newest)] = connection.execute(_FRESHNESS).fetchall()
        flags = {flag for (flag,) in connection.execute(_OPEN_FLAGS).fetchall()}
    return sessions, newest, flags
