"""What a full build made lies as Parquet beside the sets, which hold only what changed since.

So what publishing costs does not grow with history. A base is written once after each build that
made every table anew; files never change, and one that no set has used for an hour is removed.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from core.lake import sync_folder, write_durably
from core.marts import ARCHIVE

BASE_MARK = "base.json"
_UNUSED_SECONDS = 3600


@dataclass(frozen=True)
class Kept:
    """A mart that is kept as a base: its key, what is new since, and how its rows lie."""

    key: tuple[str, ...]
    is_new: str = "built_seq > $seq"
    order: str = "tutor_id"  # readers ask for one tutor, who lies in a row group or two


# What only a build that makes everything anew touches has no rows that are new since.
_NIGHTLY = Kept((), "false", "ALL")
_KEPT = {
    "fct_sessions": Kept(("session_id",), order="tutor_id, session_date"),
    "fct_tutor_days": Kept(("tutor_id", "session_date")),
    "fct_tutor_scores": Kept(
        ("tutor_id", "score_date"), "built_seq > $seq OR built_at > $as_of::TIMESTAMPTZ"
    ),
    "fct_first_sessions": Kept(
        ("student_id", "tutor_id"), "built_seq > $seq OR as_of > $as_of::TIMESTAMPTZ"
    ),
    "rpt_session_reports": Kept(("session_id", "version"), "ingest_seq > $seq"),
    "fct_interventions": _NIGHTLY,
    "fct_session_freshness": _NIGHTLY,
    "fct_student_churn": _NIGHTLY,
    "fct_tutor_churn": _NIGHTLY,
    "fct_what_if_evidence": _NIGHTLY,
}


@dataclass(frozen=True)
class Base:
    """The last build that made every table anew: its number, records and as-of moment."""

    number: int
    seq: int
    as_of: str


def read_base(warehouse_dir: Path, number: int, seq: int, as_of: str) -> Base:
    """Returns the base of the warehouse; the one described here if it has none yet."""
    mark = warehouse_dir / BASE_MARK
    if not mark.exists():
        write_durably(mark, json.dumps(asdict(Base(number, seq, as_of))).encode())
    return Base(**json.loads(mark.read_text()))


def last_made_anew(warehouse_dir: Path) -> datetime | None:
    """Returns the as-of moment of the last build that made every table anew and was published."""
    mark = warehouse_dir / BASE_MARK
    if not mark.exists():
        return None
    return datetime.fromisoformat(Base(**json.loads(mark.read_text())).as_of)


def publish_kept(
    connection: duckdb.DuckDBPyConnection, marts_dir: Path, base: Base
) -> dict[str, str]:
    """Returns the marts that are kept as a base, and what makes each a view over it and new rows.

    The set under `connection` has the new rows then.

    Args:
        connection: the warehouse, with the new set attached and in use.
        marts_dir: where sets are published.
        base: what the warehouse was last made anew from.
    """
    folder = marts_dir / ARCHIVE
    folder.mkdir(exist_ok=True)
    found = connection.execute(
        "SELECT table_name FROM duckdb_tables() "
        "WHERE database_name = 'warehouse' AND schema_name = 'marts'"
    ).fetchall()
    kept = _KEPT.keys() & {name for (name,) in found}
    files = {name: _publish(connection, folder, name, base) for name in sorted(kept)}
    _remove_unused(folder, files.values())
    return {name: _view(name, path) for name, path in files.items()}


def _publish(connection: duckdb.DuckDBPyConnection, folder: Path, name: str, base: Base) -> Path:
    mart = _KEPT[name]
    path = _archive(connection, folder / f"{name}-{base.number}.parquet", name, mart.order)
    values = {key: value for key, value in asdict(base).items() if f"${key}" in mart.is_new}
    connection.execute(
        f"CREATE TABLE new_{name} AS FROM warehouse.marts.{name} WHERE {mart.is_new}", values
    )
    return path


def _view(name: str, path: Path) -> str:
    query = f"FROM read_parquet({quoted(path)})"
    if key := _KEPT[name].key:
        query += f" ANTI JOIN new_{name} USING ({', '.join(key)})"
    return f"CREATE VIEW {name} AS {query} UNION ALL BY NAME FROM new_{name}"


def _archive(connection: duckdb.DuckDBPyConnection, path: Path, name: str, order: str) -> Path:
    if not path.exists():
        draft = path.with_suffix(".draft")
        connection.execute(
            f"COPY (FROM warehouse.marts.{name} ORDER BY {order}) "
            f"TO {quoted(draft)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 30720)"
        )
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.rename(path)
        sync_folder(path.parent)
    # the time it was used, not the one it was written: with that, who reads it keeps its footer
    os.utime(path, (time.time(), path.stat().st_mtime))
    return path


def quoted(path: Path) -> str:
    """Returns the path as a string of SQL."""
    return "'" + str(path).replace("'", "''") + "'"


def _remove_unused(folder: Path, used: Iterable[Path]) -> None:
    # the sets before still read theirs, so a file stays for a while after its last use
    for path in set(folder.glob("*.parquet")) - set(used):
        if time.time() - path.stat().st_atime > _UNUSED_SECONDS:
            path.unlink()
