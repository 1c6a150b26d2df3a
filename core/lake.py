"""Where raw facts lie, the Parquet schema of each dataset, and how they are found.

Partitions go by the day a record was received (UTC). A closed day never changes: a correction or a
late session is a new row with a higher `ingest_seq`.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

_MOMENT = "TIMESTAMP WITH TIME ZONE"
_LANDING = {
    "ingest_seq": "BIGINT",
    "received_at": _MOMENT,
    "request_id": "VARCHAR",
    "sender": "VARCHAR",
    "is_backfill": "BOOLEAN",
}
_RESCHEDULE = (
    f"STRUCT(initiator VARCHAR, requested_at {_MOMENT}, new_start {_MOMENT}, "
    "reason_code VARCHAR, reason VARCHAR)"
)
_CANCELLATION = (
    f"STRUCT(initiator VARCHAR, requested_at {_MOMENT}, reason_code VARCHAR, reason VARCHAR)"
)
_SESSION = {
    "session_id": "VARCHAR",
    "version": "INTEGER",
    "tutor_id": "VARCHAR",
    "student_id": "VARCHAR",
    "status": "VARCHAR",
    "scheduled_start": _MOMENT,
    "scheduled_end": _MOMENT,
    "tutor_joined_at": _MOMENT,
    "tutor_left_at": _MOMENT,
    "student_joined_at": _MOMENT,
    "student_left_at": _MOMENT,
    "reschedule": _RESCHEDULE,
    "cancellation": _CANCELLATION,
    "no_show_party": "VARCHAR",
    "rescheduled_from": "VARCHAR",
    "booked_at": _MOMENT,
    "subject": "VARCHAR",
    "grade_level": "VARCHAR",
    "time_zone": "VARCHAR",
    "is_first_session": "BOOLEAN",
    "student_rating": "TINYINT",
    "tutor_rating": "TINYINT",
    "technical_issue": "BOOLEAN",
    "follow_up_booked": "BOOLEAN",
    "sent_at": _MOMENT,
}
_TRANSCRIPT = {
    "session_id": "VARCHAR",
    "version": "INTEGER",
    "student_feedback": "VARCHAR",
    "tutor_notes": "VARCHAR",
    "transcript": 'STRUCT(speaker VARCHAR, "text" VARCHAR, at_seconds DOUBLE)[]',
}
_TUTOR = {
    "tutor_id": "VARCHAR",
    "version": "INTEGER",
    "display_name": "VARCHAR",
    "started_on": "DATE",
    "subjects": "VARCHAR[]",
    "time_zone": "VARCHAR",
    "region": "VARCHAR",
    "left_on": "DATE",
    "manager_email": "VARCHAR",
    "sent_at": _MOMENT,
}
_REVIEW = {
    "session_id": "VARCHAR",
    "version": "INTEGER",
    "reviewed_at": _MOMENT,
    "grader": "VARCHAR",
    "rubric": "VARCHAR",
    "status": "VARCHAR",
    "reason": "VARCHAR",
    "points": "DOUBLE",
    "items": "STRUCT(item VARCHAR, level TINYINT, status VARCHAR)[]",
    "findings": "STRUCT(code VARCHAR, kind VARCHAR, turn INTEGER)[]",
    "refused_count": "INTEGER",
}
_FLAG_ACTION = {
    "action_id": "VARCHAR",
    "version": "INTEGER",
    "flag_id": "VARCHAR",
    "action": "VARCHAR",
    "agrees": "BOOLEAN",
    "assignee": "VARCHAR",
    "until": _MOMENT,
    "until_sessions": "INTEGER",
    "until_worse": "BOOLEAN",
    "reason_code": "VARCHAR",
    "note": "VARCHAR",
    "sent_at": _MOMENT,
}

_PUBLICATION = {"set_number": "BIGINT", "ingest_seq": "BIGINT", "published_at": _MOMENT}
_DELIVERY = {"session_id": "VARCHAR", "version": "INTEGER", "sent_at": _MOMENT}


@dataclass(frozen=True)
class Dataset:
    """One folder of the lake: its name, the key of a record, and its own columns by DuckDB type."""

    name: str
    key: str
    fields: dict[str, str]
    day: str = "received_on"

    @property
    def columns(self) -> dict[str, str]:
        """Returns all columns of a file: landing columns, the record's own, unknown fields."""
        return _LANDING | self.fields | {"extra": "JSON"}

    def folder(self, lake_dir: Path) -> Path:
        return lake_dir / self.name

    def partition(self, lake_dir: Path, day: str) -> Path:
        """Returns the folder of one day, as YYYY-MM-DD: the day of landing, for what landed."""
        return self.folder(lake_dir) / f"{self.day}={day}"


@dataclass(frozen=True)
class Measure(Dataset):
    """What flows note of their own work, one file a day: no records, so without landing columns."""

    @property
    def columns(self) -> dict[str, str]:
        return self.fields


SESSIONS = Dataset("sessions", "session_id", _SESSION)
TRANSCRIPTS = Dataset("transcripts", "session_id", _TRANSCRIPT)
TUTORS = Dataset("tutors", "tutor_id", _TUTOR)
FLAG_ACTIONS = Dataset("flag_actions", "action_id", _FLAG_ACTION)
PUBLICATIONS = Measure("publications", "set_number", _PUBLICATION)
DELIVERIES = Measure("deliveries", "session_id", _DELIVERY)
REVIEWS = Measure("reviews", "session_id", _REVIEW, "reviewed_on")
EMPTY_FILE = "schema.parquet"
PARQUET = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 32768, ROW_GROUP_SIZE_BYTES '16MB'"
DATASETS = (SESSIONS, TRANSCRIPTS, TUTORS, FLAG_ACTIONS)
MEASURES = (PUBLICATIONS, DELIVERIES, REVIEWS)


def ensure(lake_dir: Path) -> None:
    """Leaves one file without rows in each dataset: dbt cannot read a folder without files."""
    for dataset, path in zip(DATASETS + MEASURES, empty_files(lake_dir), strict=True):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_schema(dataset, path)


def empty_files(lake_dir: Path) -> list[Path]:
    """Returns the file without rows of each dataset."""
    folders = [dataset.partition(lake_dir, "1970-01-01") for dataset in DATASETS + MEASURES]
    return [folder / EMPTY_FILE for folder in folders]


def _write_schema(dataset: Dataset, path: Path) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    columns = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in dataset.columns.items())
    with duckdb.connect() as connection:
        connection.sql(f"SELECT {columns} WHERE false").write_parquet(str(draft))
    publish(draft, path)


@dataclass(frozen=True)
class Watermark:
    """How far the lake has come: every record up to `ingest_seq` is in Parquet."""

    ingest_seq: int
    received_at: str | None


def read_watermark(lake_dir: Path) -> Watermark:
    """Returns how far the lake has come; zero when nothing has landed yet."""
    try:
        content: dict[str, Any] = json.loads((lake_dir / "watermark.json").read_text())
    except FileNotFoundError:
        return Watermark(0, None)
    return Watermark(content["ingest_seq"], content["received_at"])


def digest_path(path: Path) -> Path:
    """Returns the file beside a Parquet file that holds its digest: Parquet itself has none."""
    return path.with_suffix(".sha256")


def digest_of(path: Path) -> str:
    """Returns the SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_durably(path: Path, content: bytes) -> None:
    """Replaces `path` by `content` so that after a power cut it holds the old or the new, whole."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    publish(draft, path)


def publish(draft: Path, path: Path) -> None:
    """Puts a finished file in the place of `path`, in the same folder, so that it stays there."""
    _sync(draft)
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes renames and new names in `folder` survive a power cut."""
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
