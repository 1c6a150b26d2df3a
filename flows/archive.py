"""Closed weeks of sessions as Parquet beside the published sets, so that publishing does not grow.

A set holds the sessions of the last weeks itself and reads older ones from here. A file never
changes: a week that changed gets a file of another name.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import duckdb

from core.lake import sync_folder
from core.marts import ARCHIVE

_UNUSED_SECONDS = 3600
_WEEKS = """
    SELECT CAST(date_trunc('week', session_date) AS DATE), count(*), max(built_seq)
    FROM warehouse.marts.fct_sessions
    WHERE session_date < $recent
    GROUP BY 1 ORDER BY 1
"""


def publish_sessions(connection: duckdb.DuckDBPyConnection, marts_dir: Path, project: str) -> None:
    """Makes `fct_sessions` of the set under `connection`: recent weeks in it, older ones archived.

    Args:
        connection: the new set, with the warehouse attached.
        marts_dir: where sets are published.
        project: what the models were; another project makes other files.
    """
    folder = marts_dir / ARCHIVE
    folder.mkdir(exist_ok=True)
    [(recent,)] = connection.execute(
        "SELECT CAST(date_trunc('week', max(session_date)) - INTERVAL 7 DAY AS DATE) "
        "FROM warehouse.marts.fct_sessions WHERE status <> 'scheduled'"
    ).fetchall()
    weeks = connection.execute(_WEEKS, {"recent": recent}).fetchall() if recent else []
    files = [
        _archive(connection, folder / f"{week}-{count}-{seq}-{project[:8]}.parquet", str(week))
        for week, count, seq in weeks
    ]
    _create_view(connection, str(recent or "0001-01-01"), files)
    _remove_unused(folder, files)


def _archive(connection: duckdb.DuckDBPyConnection, path: Path, week: str) -> Path:
    if not path.exists():
        draft = path.with_suffix(".draft")
        connection.execute(
            "COPY (FROM warehouse.marts.fct_sessions "
            f"WHERE date_trunc('week', session_date) = DATE '{week}' ORDER BY tutor_id) "
            f"TO {_quoted(draft)} (FORMAT parquet, COMPRESSION zstd)"
        )
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.rename(path)
        sync_folder(path.parent)
    os.utime(path)
    return path


def _create_view(connection: duckdb.DuckDBPyConnection, recent: str, files: list[Path]) -> None:
    connection.execute(
        "CREATE TABLE recent_sessions AS FROM warehouse.marts.fct_sessions "
        f"WHERE session_date >= DATE '{recent}'"
    )
    older = (
        f" UNION ALL BY NAME FROM read_parquet([{', '.join(map(_quoted, files))}])" if files else ""
    )
    connection.execute(f"CREATE VIEW fct_sessions AS FROM recent_sessions{older}")


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _remove_unused(folder: Path, used: list[Path]) -> None:
    # the sets before still read theirs, so a file stays for a while after its last use
    for path in set(folder.glob("*.parquet")) - set(used):
        if time.time() - path.stat().st_mtime > _UNUSED_SECONDS:
            path.unlink()
