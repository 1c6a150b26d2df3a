"""A small lake and a published set, with the columns that reviews read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from core.lake import SESSIONS, TRANSCRIPTS, Dataset, ensure, write_durably
from core.marts import POINTER, Published

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DAY = "2026-11-25"


def land(
    lake_dir: Path,
    session_id: str,
    transcript: list[tuple[str, str]] | None = None,
    *,
    notes: str | None = None,
    feedback: str | None = None,
    version: int = 1,
    extra: dict[str, Any] | None = None,
    day: str = DAY,
) -> None:
    """Puts one session and its texts into the lake, as ingest would."""
    ensure(lake_dir)
    key = {"session_id": session_id, "version": version}
    turns = [{"speaker": who, "text": text, "at_seconds": None} for who, text in transcript or []]
    texts = {"transcript": turns or None, "tutor_notes": notes, "student_feedback": feedback}
    if any(texts.values()):
        _write(TRANSCRIPTS, lake_dir, day, key | texts)
    _write(SESSIONS, lake_dir, day, key | {"extra": extra})


def publish(marts_dir: Path, first: list[str], flagged: list[str] | None = None) -> None:
    """Publishes a set in which `first` are held first sessions, newest first."""
    marts_dir.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(marts_dir / "marts-1.duckdb")) as connection:
        connection.execute(
            "create table dim_tutors as select 't' as tutor_id, 'Ada Okoro' as display_name, "
            "date '2026-01-05' as started_on; "
            "create table fct_flags as select 't' as tutor_id, true as is_open; "
            "create table fct_first_sessions (session_id varchar, tutor_id varchar, "
            "outcome varchar, scheduled_start timestamptz, subject varchar, local_hours varchar); "
            "create table fct_sessions (session_id varchar, tutor_id varchar, status varchar, "
            "scheduled_start timestamptz, subject varchar)"
        )
        for place, session in enumerate(first):
            row = [session, "t", "held", NOW - timedelta(hours=place + 1), "Algebra", "evening"]
            connection.execute("insert into fct_first_sessions values (?, ?, ?, ?, ?, ?)", row)
        for place, session in enumerate(flagged or []):
            row = [session, "t", "completed", NOW - timedelta(hours=place + 1), "Algebra"]
            connection.execute("insert into fct_sessions values (?, ?, ?, ?, ?)", row)
    published = Published(1, "marts-1.duckdb", NOW.isoformat(), NOW.isoformat(), 1)
    write_durably(marts_dir / POINTER, published.to_json())


def _write(dataset: Dataset, lake_dir: Path, day: str, row: dict[str, Any]) -> None:
    folder = dataset.partition(lake_dir, day)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"part-{len(list(folder.iterdir())):04}.parquet"
    line = folder / ".line"
    line.write_text(json.dumps({"ingest_seq": 1, "is_backfill": False} | row))
    listed = ", ".join(f"\"{name}\": '{kind}'" for name, kind in dataset.columns.items())
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM read_json('{line}', format = 'newline_delimited', "
            f"columns = {{{listed}}})) TO '{path}' (FORMAT parquet)"
        )
    line.unlink()
