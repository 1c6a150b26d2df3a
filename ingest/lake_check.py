"""Reads every file of the lake whole, and tells whether each record is there, once.

Every accepted record has a number of its own, without gaps: so the numbers in the files of all
kinds together must be those from one to the watermark, each once.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from core.lake import DATASETS, EMPTY_FILE, Dataset, digest_of, digest_path, read_watermark
from ingest.records import KINDS

LOST = "lost.json"
Files = dict[str, list[Path]]  # by dataset
_LOOKS, _PAUSE_SECONDS = 3, 0.5
_SETTINGS = "SET TimeZone = 'UTC'; SET memory_limit = '1GB'; SET preserve_insertion_order = false;"


@dataclass(frozen=True)
class Checked:
    """What a check found: how much is there, and a sentence for each thing wrong."""

    files: int
    records: int
    faults: list[str]


def check_lake(lake_dir: Path) -> Checked:
    """Returns how many files and records there are, and what is wrong with them.

    What ingest replaces while it is read looks damaged; so a fault counts when it is found in a
    lake that stood still, or in three looks.
    """
    for _ in range(_LOOKS):
        before = read_watermark(lake_dir)
        checked = _look(lake_dir)
        if not checked.faults:
            break
        time.sleep(_PAUSE_SECONDS)  # a drain that is under way ends with a watermark
        if read_watermark(lake_dir) == before:
            break
    return checked


def _look(lake_dir: Path) -> Checked:
    watermark = read_watermark(lake_dir).ingest_seq
    files = lake_files(lake_dir)
    count = 0
    with duckdb.connect() as connection:
        connection.execute(_SETTINGS)
        damaged = damaged_files(connection, files)
        faults = [f"{path.relative_to(lake_dir)} is damaged." for path in damaged]
        sound = {name: sorted(set(paths) - set(damaged)) for name, paths in files.items()}
        try:
            count = load_numbers(connection, sound)
            faults += _numbering_faults(connection, lake_dir, watermark)
            for dataset in DATASETS:
                faults += _key_faults(connection, dataset, sound[dataset.name])
        except duckdb.Error:
            faults.append("A file changed or broke while it was read.")
    return Checked(sum(map(len, files.values())), count, faults)


def lake_files(lake_dir: Path) -> Files:
    """Returns the Parquet files of each dataset."""
    return {
        dataset.name: sorted(dataset.folder(lake_dir).glob("received_on=*/*.parquet"))
        for dataset in DATASETS
    }


def damaged_files(connection: duckdb.DuckDBPyConnection, files: Files) -> list[Path]:
    """Returns those that are not what was written, or cannot be read."""
    return [path for paths in files.values() for path in paths if not _is_sound(connection, path)]


def lost_numbers(lake_dir: Path) -> list[tuple[int, int]]:
    """Returns the first and last number of records that a repair has given up, and asked for."""
    try:
        return [(first, last) for first, last in json.loads((lake_dir / LOST).read_text())]
    except FileNotFoundError:
        return []


def _is_sound(connection: duckdb.DuckDBPyConnection, path: Path) -> bool:
    return _has_its_digest(path) and _is_readable(connection, path)


def _has_its_digest(path: Path) -> bool:
    if path.name == EMPTY_FILE:
        return True
    kept = digest_path(path)
    return kept.exists() and kept.read_text() == digest_of(path)


def _is_readable(connection: duckdb.DuckDBPyConnection, path: Path) -> bool:
    # a hash over all columns makes DuckDB unpack every page, which a count does not
    query = "SELECT count(*), bit_xor(hash(COLUMNS(*))) FROM read_parquet(?)"
    try:
        connection.execute(query, [str(path)]).fetchall()
    except duckdb.Error:
        return False
    return True


def load_numbers(connection: duckdb.DuckDBPyConnection, sound: Files) -> int:
    """Fills the table `numbers` with the number of every record, and returns how many there are."""
    connection.execute("CREATE TABLE numbers (ingest_seq BIGINT)")
    for kind in KINDS.values():
        if paths := sound[kind.datasets[0].name]:
            connection.execute(f"INSERT INTO numbers SELECT ingest_seq FROM {read_files(paths)}")
    [(count,)] = connection.execute("SELECT count(*) FROM numbers").fetchall()
    return int(count)


def _numbering_faults(
    connection: duckdb.DuckDBPyConnection, lake_dir: Path, watermark: int
) -> Iterator[str]:
    [(double, beyond)] = connection.execute(
        "SELECT count(*) - count(DISTINCT ingest_seq), count(*) FILTER (ingest_seq > $1) "
        "FROM numbers",
        [read_watermark(lake_dir).ingest_seq],
    ).fetchall()
    if double:
        yield f"{double:,} record numbers are there more than once."
    if beyond:
        yield f"{beyond:,} records are ahead of the watermark; the next drain puts that right."
    for first, last in missing_numbers(connection, watermark, lost_numbers(lake_dir)):
        yield f"Records {first:,} to {last:,} are missing."


def missing_numbers(
    connection: duckdb.DuckDBPyConnection, watermark: int, given_up: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Returns first and last of each gap in `numbers` up to the watermark."""
    for first, last in given_up:
        connection.execute(
            "INSERT INTO numbers SELECT n FROM range($1, $2 + 1) AS given_up (n) "
            "ANTI JOIN numbers ON n = ingest_seq",
            [first, last],
        )
    return connection.execute(
        """
        WITH bounds AS (
            SELECT ingest_seq FROM numbers WHERE ingest_seq <= $1
            UNION SELECT 0 UNION SELECT $1 + 1
        ), steps AS (
            SELECT ingest_seq, lead(ingest_seq) OVER (ORDER BY ingest_seq) AS following FROM bounds
        )
        SELECT ingest_seq + 1, following - 1 FROM steps
        WHERE following > ingest_seq + 1 ORDER BY 1
        """,
        [watermark],
    ).fetchall()


def _key_faults(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, paths: list[Path]
) -> Iterator[str]:
    if not paths:
        return
    query = f"""
        SELECT count(*) FROM (
            SELECT 1 FROM {read_files(paths)}
            GROUP BY {dataset.key}, version HAVING count(*) > 1
        )
    """
    [(count,)] = connection.execute(query).fetchall()
    if count:
        yield f"{count:,} {dataset.name} are there more than once with the same version."


def read_files(paths: list[Path]) -> str:
    """Returns the SQL that reads these files as one table."""
    listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    return f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"
