"""What is stored of one record: its versions, when each came, from whom, and in which file."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import duckdb

from core.lake import Dataset
from ingest.records import Kind

_ARRIVAL = "version, received_at, sender, request_id, is_backfill, ingest_seq"
# Looking one record up must not take from what merges and answers.
_SETTINGS = "SET TimeZone = 'UTC'; SET threads = 1; SET memory_limit = '200MB';"


def known_versions(connection: sqlite3.Connection, kind: Kind, record_id: str) -> list[int]:
    """Returns the versions of a record that were ever accepted, lowest first."""
    key = f"{kind.name[0]}{record_id}"
    query = "SELECT key FROM seen WHERE key = ? OR (key > ? AND key < ?)"
    keys = connection.execute(query, (key, key + " ", key + "!")).fetchall()
    return sorted(int(found.partition(" ")[2] or 1) for (found,) in keys)


def find_arrivals(dataset: Dataset, lake_dir: Path, record_id: str) -> dict[int, dict[str, Any]]:
    """Returns what is in the lake of a record, by version; `file` is below the lake's folder."""
    query = f"""
        SELECT {_ARRIVAL}, filename
        FROM read_parquet($files, union_by_name = true, filename = true)
        WHERE {dataset.key} = $id
    """
    files = str(dataset.folder(lake_dir) / "*" / "*.parquet")
    rows = _read(query, {"files": files, "id": record_id})
    return {row[0]: _arrival(row, lake_dir) for row in rows}


def _read(query: str, values: dict[str, str], looks: int = 3) -> list[tuple[Any, ...]]:
    try:
        with duckdb.connect() as connection:
            connection.execute(_SETTINGS)
            return connection.execute(query, values).fetchall()
    except duckdb.Error:  # a drain puts another file in the place of the one that is read
        if looks == 1:
            raise
        return _read(query, values, looks - 1)


def receipt(versions: list[int], arrivals: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    """Returns each version with its arrival; what is not in the lake yet says so."""
    return [
        {"version": version, "is_in_lake": version in arrivals} | arrivals.get(version, {})
        for version in versions
    ]


def _arrival(row: tuple[Any, ...], lake_dir: Path) -> dict[str, Any]:
    names = [*_ARRIVAL.split(", "), "file"]
    found = dict(zip(names, row, strict=True))
    return found | {"file": str(Path(found["file"]).relative_to(lake_dir))}
