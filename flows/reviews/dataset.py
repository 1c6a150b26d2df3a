"""Reviews as data: one Parquet file a day in the lake, replaced as a whole. No quote is in it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from core.lake import REVIEWS, publish, sync_folder
from flows.reviews.double_grades import agreements, for_coaches
from flows.reviews.ledger import Entry, Ledger, stamp
from flows.reviews.rubric import load_rubric

FILE = "reviews.parquet"


def write_days(ledger: Ledger, lake_dir: Path, days: Iterable[date]) -> None:
    """Writes the reviews of these days (UTC) as coaches may see them, durably and whole.

    Items on which grader and people do not agree are left out, and points are without them.
    """
    agreed = cache(lambda rubric, grader: agreements(ledger, load_rubric(rubric), grader))

    def shown(entry: Entry) -> Entry:
        found = agreed(entry.rubric, entry.grader)
        seen = for_coaches(entry.redacted, load_rubric(entry.rubric), found)
        return replace(entry, redacted=seen)

    for day in sorted(days):
        write_day(lake_dir, day, [shown(entry) for entry in ledger.reviewed_on(day)])


def write_day(lake_dir: Path, day: date, entries: list[Entry]) -> None:
    """Replaces the file of a day."""
    folder = REVIEWS.partition(lake_dir, day.isoformat())
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    lines = folder / f".{FILE}.{os.getpid()}.ndjson"
    draft = folder / f".{FILE}.{os.getpid()}"
    lines.write_text("".join(json.dumps(row(entry)) + "\n" for entry in entries))
    try:
        _convert(lines, draft)
    finally:
        lines.unlink()
    publish(draft, folder / FILE)
    if is_new:
        sync_folder(folder.parent)


def row(entry: Entry) -> dict[str, Any]:
    """Returns what of a review goes into the lake: levels, points, and codes without words."""
    review = entry.redacted
    return {
        "session_id": entry.session_id,
        "version": entry.version,
        "reviewed_at": stamp(entry.reviewed_at),
        "grader": entry.grader,
        "rubric": entry.rubric,
        "status": entry.status,
        "reason": entry.reason,
        "points": review.points,
        "items": [one.model_dump(include={"item", "level", "status"}) for one in review.items],
        "findings": [
            {"code": one.code, "kind": one.kind, "turn": one.quote.turn} for one in review.findings
        ],
        "refused_count": review.refused_count,
    }


def _convert(lines: Path, draft: Path) -> None:
    listed = ", ".join(f"{name}: '{kind}'" for name, kind in REVIEWS.fields.items())
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(
            f"COPY (SELECT * FROM read_json(?, format = 'newline_delimited', "
            f"columns = {{{listed}}})) TO '{_text(draft)}' (FORMAT parquet, COMPRESSION zstd)",
            [str(lines)],
        )


def _text(path: Path) -> str:
    return str(path).replace("'", "''")
