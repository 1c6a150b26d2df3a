"""A company of a dozen tutors, in the contract's own records, and how it lands in a lake."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from core import lake
from core.contract import FlagAction, Record, Session, Tutor
from core.lake import FLAG_ACTIONS, REVIEWS, SESSIONS, TUTORS, Dataset

Row = dict[str, Any]

AS_OF = datetime(2026, 11, 20, 18, tzinfo=UTC)
EQUALS = ("t-even-1", "t-even-2", "t-even-3", "t-even-4")
BATCHES = 3
MODELS: dict[str, type[Record]] = {
    SESSIONS.name: Session,
    TUTORS.name: Tutor,
    FLAG_ACTIONS.name: FlagAction,
}


def moment(days: float, hour: int = 16) -> datetime:
    """Returns a moment `days` after the as-of day, at `hour` UTC; noon in Chicago is 18."""
    return AS_OF.replace(hour=hour) + timedelta(days=days)


def session(
    session_id: str, tutor_id: str, start: datetime, student_id: str = "st-any", **more: Any
) -> Row:
    """Returns one held session of an hour, not a first one, with `more` fields changed."""
    held: Row = {
        "session_id": session_id,
        "tutor_id": tutor_id,
        "student_id": student_id,
        "status": "completed",
        "scheduled_start": start,
        "scheduled_end": start + timedelta(hours=1),
        "is_first_session": False,
    }
    return held | more


def moved(by: str, days_before: float, start: datetime, **more: Any) -> Row:
    """Returns the fields of a session that `by` moved `days_before` its start."""
    asked = {"initiator": by, "requested_at": start - timedelta(days=days_before)}
    return {"status": "rescheduled", "reschedule": asked | more}


def month(tutor_id: str, *, count: int = 40, moves: int = 2, days_ago: int = 0) -> list[Row]:
    """Returns `count` sessions over four weeks, the first `moves` of them moved by the tutor."""
    rows = []
    for index in range(count):
        start = moment(-1 - days_ago - index % 28, hour=15 + index // 28)
        changes = moved("tutor", 2, start) if index < moves else {"student_rating": 4 + index % 2}
        rows.append(session(f"{tutor_id}-{index}", tutor_id, start, **changes))
    return rows


def beyond_control(tutor_id: str) -> list[Row]:
    """Returns what happens to a tutor without the tutor's doing."""
    day = {n: moment(-n, hour=20) for n in range(1, 7)}
    cancelled = {"initiator": "platform", "requested_at": day[3]}
    kinds: list[Row] = [
        moved("student", 0.1, day[1]),
        moved("platform", 0.1, day[2]),
        {"status": "cancelled", "cancellation": cancelled},
        {"status": "no_show", "no_show_party": "student"},
        {"status": "no_show"},
        {"status": "cancelled"},
    ]
    return [session(f"{tutor_id}-x{n}", tutor_id, day[n], **k) for n, k in enumerate(kinds, 1)]


def bad_month(tutor_id: str) -> list[Row]:
    """Returns a month with many moves and late starts."""
    rows = month(tutor_id, count=56, moves=22)
    for row in rows[22:40]:
        row["tutor_joined_at"] = row["scheduled_start"] + timedelta(minutes=12)
    return rows


def chains() -> list[Row]:
    """Returns a session that the tutor moved to later, and one that the student moved earlier."""
    first, second, third = moment(-9), moment(-8), moment(-7)
    later = moved("tutor", 3, first, new_start=second)
    earlier = moved("student", 4, moment(-4), new_start=third)
    slots: list[tuple[str, datetime, str, Row]] = [
        ("m-old", first, "st-m", later),
        ("m-new", second, "st-m", {"rescheduled_from": "m-old"}),
        ("e-old", moment(-4), "st-e", earlier),
        ("e-new", third, "st-e", {"rescheduled_from": "e-old"}),
    ]
    return [
        session(name, "t-mover", start, student, is_first_session=None, **more)
        for name, start, student, more in slots
    ]


def first_batch() -> list[Row]:
    """Returns the history."""
    derived: Row = {"is_first_session": None}
    unrated = [row | {"student_rating": None} for row in month("t-unrated")]
    return [
        *(row for tutor_id in EQUALS for row in month(tutor_id)),
        *month("t-blamed"),
        *beyond_control("t-blamed"),
        *bad_month("t-bad"),
        *month("t-clean", moves=0),
        *unrated,
        *month("t-quiet", days_ago=60),
        *month("t-silent-1", count=28, days_ago=300),
        *month("t-silent-2", count=28, days_ago=300),
        session("n-held", "t-new", moment(-3), student_rating=4),
        session("n-moved", "t-new", moment(-2), **moved("tutor", 2, moment(-2))),
        *chains(),
        session("ahead", "t-ahead", moment(3), status="scheduled"),
        session("wrong-tutor", "t-from", moment(-3)),
        session("wrong-student", "t-to", moment(-10), "st-a", **derived),
        session("second-a", "t-to", moment(-9), "st-a", **derived),
        session("second-c", "t-to", moment(-5), "st-c", student_rating=5, **derived),
        session("not-yet", "t-to", moment(-7)),
        session("late-lower", "t-to", moment(-6), version=2),
        session("corrected", "t-to", moment(-4), status="no_show", no_show_party="tutor"),
    ]


def second_batch() -> list[Row]:
    """Returns corrections, and a lower version that comes late."""
    derived: Row = {"is_first_session": None}
    return [
        session("wrong-tutor", "t-to", moment(-2), version=2),
        session("wrong-student", "t-to", moment(-10), "st-b", version=2, **derived),
        session("late-lower", "t-to", moment(-6), version=1, status="scheduled"),
        session("corrected", "t-to", moment(-4), version=2, student_rating=3),
        session("not-yet", "t-to", moment(1), version=2, status="scheduled"),
    ]


def third_batch() -> list[Row]:
    """Returns what comes live, among it an earlier session that nobody had told of."""
    derived: Row = {"is_first_session": None}
    away = {"initiator": "tutor", "requested_at": moment(0)}
    return [
        session("first-c", "t-to", moment(-8), "st-c", **derived),
        session("live-held", "t-to", moment(0, hour=14)),
        session("live-ahead", "t-to", moment(1), status="scheduled"),
        session("away", "t-away", moment(2), status="cancelled", cancellation=away),
    ]


def profiles() -> list[Row]:
    """Returns the profiles that the company sent; most tutors are known by sessions alone."""
    known = {"t-new": moment(-5), "t-profile": moment(-400), "t-bad": moment(-400)}
    return [
        {
            "tutor_id": tutor_id,
            "display_name": f"Tutor {tutor_id}",
            "started_on": day.date(),
            "time_zone": "America/Chicago",
        }
        for tutor_id, day in known.items()
    ]


def land_batch(lake_dir: Path, number: int) -> None:
    """Lands batch 1, 2 or 3 as ingest would; the first is history, the others are live."""
    rows = (first_batch, second_batch, third_batch)[number - 1]()
    land(lake_dir, SESSIONS, rows, number * 10_000, is_backfill=number == 1)
    if number == 1:
        land(lake_dir, TUTORS, profiles(), 1)


def land(
    lake_dir: Path, dataset: Dataset, rows: Iterable[Row], first_seq: int, is_backfill: bool = True
) -> None:
    """Writes rows to a file of the lake, in order of arrival; each must pass the contract."""
    lake.ensure(lake_dir)
    model = MODELS[dataset.name]
    landing = {"version": 1, "received_at": AS_OF, "is_backfill": is_backfill}
    lines = []
    for seq, row in enumerate(rows, first_seq):
        line = json.dumps(row, default=lambda value: value.isoformat())
        model.model_validate_json(line)
        lines.append(json.dumps(landing | {"ingest_seq": seq} | row, default=str))
    _write_parquet(dataset, lines, dataset.partition(lake_dir, "2026-11-20"), first_seq)
    last_seq = max(first_seq + len(lines) - 1, lake.read_watermark(lake_dir).ingest_seq)
    watermark = {"ingest_seq": last_seq, "received_at": AS_OF.isoformat()}
    lake.write_durably(lake_dir / "watermark.json", json.dumps(watermark).encode())


def land_reviews(lake_dir: Path, points: dict[str, float]) -> None:
    """Writes what rules gave to sessions, by their ids, as the ledger would."""
    fixed = {"version": 1, "reviewed_at": AS_OF, "status": "graded", "refused_count": 0}
    spoke = {"grader": "rules@1", "rubric": "first_session@1", "items": [], "findings": []}
    rows = [fixed | spoke | {"session_id": key, "points": value} for key, value in points.items()]
    lines = [json.dumps(row, default=str) for row in rows]
    _write_parquet(REVIEWS, lines, REVIEWS.partition(lake_dir, "2026-11-20"), 1)


def _write_parquet(dataset: Dataset, lines: list[str], folder: Path, first_seq: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder.parent / "rows.ndjson"
    draft.write_text("\n".join(lines))
    with duckdb.connect() as connection:
        rows = connection.read_json(str(draft), columns=dataset.columns, format="newline_delimited")
        rows.write_parquet(str(folder / f"{first_seq}.parquet"))
    draft.unlink()


def rounded(value: Any) -> Any:
    """Returns `value` without the last digits of its floats: sums depend on their order."""
    if isinstance(value, float):
        return round(value, 9)
    if isinstance(value, list):
        return [rounded(part) for part in value]
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    return value
