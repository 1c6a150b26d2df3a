"""Removes on request what people wrote about a student: transcripts, feedback and notes.

The lake belongs to ingest, which may have the day's file in hand: so only days that the lake has
left behind are written anew. What came since waits on a list, which retention works off each night.
The facts of a session stay, under ids that name nobody; so do the short reasons of moves.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from core import lake
from core.lake import (
    PARQUET,
    SESSIONS,
    TRANSCRIPTS,
    Dataset,
    digest_of,
    digest_path,
    publish,
    write_durably,
)

_SETTINGS = "SET TimeZone = 'UTC'; SET threads = 1; SET preserve_insertion_order = false;"


@dataclass(frozen=True)
class Request:
    """One student whose texts are to go, and when that was asked for, RFC 3339 in UTC."""

    student_id: str
    requested_at: str

    @property
    def last_day(self) -> str:
        return self.requested_at[:10]


@dataclass
class Requests:
    """The requests that are not done yet, and a file that was being replaced."""

    waiting: list[Request] = field(default_factory=list)
    under_way: str | None = None

    @classmethod
    def read(cls, path: Path) -> Requests:
        if not path.exists():
            return cls()
        content = json.loads(path.read_text())
        return cls([Request(**request) for request in content["waiting"]], content["under_way"])

    def write(self, path: Path) -> None:
        path.touch(mode=0o600)  # it holds ids
        write_durably(path, json.dumps(asdict(self)).encode())
        path.chmod(0o600)


@dataclass(frozen=True)
class Erased:
    """How many texts were removed from how many files, and how many requests wait for a day."""

    texts: int
    files: int
    waiting: int


def request_erasure(path: Path, student_id: str, now: datetime) -> None:
    """Puts a student on the list; asked again, the later moment counts."""
    requests = Requests.read(path)
    others = [request for request in requests.waiting if request.student_id != student_id]
    moment = now.astimezone(UTC).isoformat()
    Requests([*others, Request(student_id, moment)], requests.under_way).write(path)


def sessions_of(lake_dir: Path, path: Path) -> list[str]:
    """Returns the ids of all sessions of the students on the list."""
    students = [request.student_id for request in Requests.read(path).waiting]
    files = sorted(map(str, SESSIONS.folder(lake_dir).glob("received_on=*/*.parquet")))
    if not students:
        return []
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT DISTINCT session_id FROM read_parquet($1, union_by_name = true) "
            "WHERE student_id IN (SELECT unnest($2::VARCHAR[]))",
            [files, students],
        ).fetchall()
    return [session_id for (session_id,) in rows]


def erase_texts(lake_dir: Path, path: Path) -> Erased:
    """Returns what was removed for all on the list; done again, it goes on where it was cut off."""
    requests = Requests.read(path)
    if requests.under_way:
        _seal(Path(requests.under_way))
    # before the first record there is no day, and the schema's own file is of 1970
    closed_before = (lake.read_watermark(lake_dir).received_at or "1970-01-02")[:10]
    texts = files = 0
    with duckdb.connect() as connection:
        connection.execute(_SETTINGS)
        _find_sessions(
            connection, _closed_parts(lake_dir, SESSIONS, closed_before), requests.waiting
        )
        for part in _closed_parts(lake_dir, TRANSCRIPTS, closed_before):
            if removed := _count(connection, part):
                requests.under_way = str(part)
                requests.write(path)
                _rewrite(connection, part)
                texts, files = texts + removed, files + 1
    done = [request for request in requests.waiting if request.last_day < closed_before]
    waiting = [request for request in requests.waiting if request not in done]
    if requests.under_way or done:
        Requests(waiting).write(path)
    return Erased(texts, files, len(waiting))


def _closed_parts(lake_dir: Path, dataset: Dataset, closed_before: str) -> list[Path]:
    """Returns the files of days before that of the newest record: a drain never goes back."""
    paths = dataset.folder(lake_dir).glob("received_on=*/*.parquet")
    return sorted(path for path in paths if path.parent.name < f"received_on={closed_before}")


def _find_sessions(
    connection: duckdb.DuckDBPyConnection, sessions: list[Path], requests: list[Request]
) -> None:
    """Fills the table `erased`: the versions of sessions whose texts came before each request."""
    connection.execute(
        "CREATE TABLE erased AS WITH requests AS ("
        "SELECT unnest($1::VARCHAR[]) AS student_id, unnest($2::TIMESTAMPTZ[]) AS requested_at) "
        "SELECT DISTINCT session_id, version "
        "FROM read_parquet($3, union_by_name = true) JOIN requests USING (student_id) "
        "WHERE received_at <= requested_at",
        [
            [r.student_id for r in requests],
            [r.requested_at for r in requests],
            list(map(str, sessions)),
        ],
    )


def _count(connection: duckdb.DuckDBPyConnection, part: Path) -> int:
    query = "SELECT count(*) FROM read_parquet($1) SEMI JOIN erased USING (session_id, version)"
    [(count,)] = connection.execute(query, [str(part)]).fetchall()
    return int(count)


def _rewrite(connection: duckdb.DuckDBPyConnection, part: Path) -> None:
    draft = part.with_name(f".{part.name}.erasure")
    to = str(draft).replace("'", "''")
    connection.execute(
        "COPY (FROM read_parquet($1, hive_partitioning = false) "
        f"ANTI JOIN erased USING (session_id, version)) TO '{to}' ({PARQUET})",
        [str(part)],
    )
    publish(draft, part)
    _seal(part)


def _seal(part: Path) -> None:
    # cut off before this, the file would count as damaged; so the list names it first
    write_durably(digest_path(part), digest_of(part).encode())
