"""Merges records into the lake's Parquet files. Doing a merge again changes nothing.

JSON goes from bytes to DuckDB without becoming Python objects: that is the cheapest way by far.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from core.lake import (
    PARQUET,
    SESSIONS,
    TRANSCRIPTS,
    Dataset,
    digest_of,
    digest_path,
    publish,
    sync_folder,
    write_durably,
)
from ingest.records import Kind

_MOST_ROWS = 250_000
_MOST_BYTES = 64 * 2**20
_LANDING = ("ingest_seq", "received_at", "request_id", "sender", "is_backfill")
_WANTED = {
    TRANSCRIPTS.name: "student_feedback IS NOT NULL OR tutor_notes IS NOT NULL "
    "OR transcript IS NOT NULL",
}
# Row groups are bounded by bytes, or a file of long transcripts would not fit into the limit; that
# option wants the insertion order given up, which nobody reads.
_SETTINGS = """
    SET TimeZone = 'UTC';
    SET threads = 1;
    SET memory_limit = '300MB';
    SET preserve_insertion_order = false;
    SET enable_external_file_cache = false;
"""


class Unreadable(Exception):
    """DuckDB cannot read a record that its model accepted, such as a time with a lower-case t."""


class Merger:
    """One DuckDB connection that is kept; `scratch` is a file that only it writes."""

    def __init__(self, lake_dir: Path, scratch: Path) -> None:
        self._lake_dir = lake_dir
        self._scratch = scratch
        self._connection = duckdb.connect(config={"temp_directory": str(scratch.parent)})
        self._connection.execute(_SETTINGS)

    def choose_part(self, dataset: Dataset, day: str) -> str:
        """Returns the file name that new records of `day` go to: the newest unless it is full."""
        folder = dataset.partition(self._lake_dir, day)
        names = sorted(path.name for path in folder.glob("part-*.parquet"))
        number = int(names[-1][len("part-") :].partition(".")[0]) if names else 0
        if names and self._is_full(folder / names[-1]):
            number += 1
        return f"part-{number:04}.parquet"

    def stage(self, kind: Kind, envelopes: Iterable[bytes]) -> None:
        """Reads the records of one kind and one landing day, one envelope a line.

        Raises:
            Unreadable: a value does not fit its column; nothing is staged.
        """
        try:
            longest = self._write(envelopes)
            self._connection.execute(_stage_query(kind, self._scratch, longest))
        except (duckdb.DataError, duckdb.ProgrammingError):
            raise Unreadable from None  # DuckDB's own message holds the value
        finally:
            self._scratch.unlink(missing_ok=True)

    def _write(self, envelopes: Iterable[bytes]) -> int:
        longest = 0
        with self._scratch.open("wb") as file:
            for envelope in envelopes:
                longest = max(longest, file.write(envelope))
        return longest

    def merge(self, dataset: Dataset, day: str, part: str) -> None:
        """Adds what is staged and not there yet to the file, durably, whole or not at all."""
        if not self._count(dataset):
            return
        target = dataset.partition(self._lake_dir, day) / part
        is_new_folder = not target.parent.exists()
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{part}.draft")
        self._connection.execute(_merge_query(dataset, target, draft))
        digest = digest_of(draft)
        publish(draft, target)
        # cut off here, the digest is wrong until the plan is done again, which is the next thing
        write_durably(digest_path(target), digest.encode())
        if is_new_folder:
            sync_folder(target.parent.parent)

    def close(self) -> None:
        self._connection.close()

    def _count(self, dataset: Dataset) -> int:
        query = f"SELECT count(*) FROM staged WHERE {_WANTED.get(dataset.name, 'true')}"
        [(count,)] = self._connection.execute(query).fetchall()
        return int(count)

    def _is_full(self, path: Path) -> bool:
        query = "SELECT num_rows FROM parquet_file_metadata(?)"
        [(rows,)] = self._connection.execute(query, [str(path)]).fetchall()
        return bool(rows >= _MOST_ROWS or path.stat().st_size >= _MOST_BYTES)


def _stage_query(kind: Kind, path: Path, longest: int) -> str:
    landing = {name: SESSIONS.columns[name] for name in _LANDING}
    fields = {name: sql for dataset in kind.datasets for name, sql in dataset.fields.items()}
    record = ", ".join(f'"{name}" {sql}' for name, sql in fields.items())
    columns = landing | {"extra": "JSON", "record": f"STRUCT({record})"}
    listed = ", ".join(f"{name}: {_text(sql)}" for name, sql in columns.items())
    return f"""
        CREATE OR REPLACE TEMP TABLE staged AS
        SELECT * EXCLUDE (record), unnest(record)
        FROM read_json(
            {_text(path)}, format = 'newline_delimited', columns = {{{listed}}},
            maximum_object_size = {longest + 1}
        )
    """


def _merge_query(dataset: Dataset, target: Path, draft: Path) -> str:
    names = ", ".join(_value(dataset, name) for name in dataset.columns)
    fresh = f"SELECT {names} FROM staged WHERE {_WANTED.get(dataset.name, 'true')}"
    if target.exists():
        old = f"read_parquet({_text(target)}, hive_partitioning = false)"
        fresh = f"""
            SELECT * FROM {old}
            UNION ALL BY NAME
            SELECT * FROM ({fresh}) ANTI JOIN {old} USING ({dataset.key}, version)
        """
    return f"COPY ({fresh}) TO {_text(draft)} ({PARQUET})"


def _value(dataset: Dataset, name: str) -> str:
    if name == "version":
        return "coalesce(version, 1)::INTEGER AS version"
    if name == "extra" and dataset is TRANSCRIPTS:
        return "NULL::JSON AS extra"  # unknown fields belong to the session itself
    return f'"{name}"'


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
