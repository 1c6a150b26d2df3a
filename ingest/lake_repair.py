"""Sets aside what a disk damaged, and forgets what was lost with it, so that it can be sent again.

What the journal still holds is written to the lake again by the next start of ingest. Everything
here may be cut off and done again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb
import orjson

from core.lake import digest_path, ensure, read_watermark, write_durably
from ingest.alone import alone_on
from ingest.batches import seen_key
from ingest.journal_file import connect
from ingest.lake_check import (
    LOST,
    Files,
    damaged_files,
    lake_files,
    load_numbers,
    lost_numbers,
    missing_numbers,
    read_files,
)
from ingest.records import KINDS
from ingest.tables import Damaged, LogRow, log_rows


@dataclass(frozen=True)
class Repaired:
    """What was set aside, where, and the keys of the records that are lost, as in `seen`."""

    folder: Path
    set_aside: list[str]
    lost: list[str]


def repair_lake(lake_dir: Path, journal_path: Path, folder: Path) -> Repaired:
    """Returns what was done; damaged files are in `folder` afterwards, outside the lake.

    Raises:
        CannotStart: ingest runs, or the journal cannot be opened.
    """
    with (
        alone_on(journal_path.parent),
        closing(connect(journal_path)) as journal,
        duckdb.connect() as connection,
    ):
        files = lake_files(lake_dir)
        damaged = damaged_files(connection, files)
        for path in damaged:
            _move(path, folder / path.relative_to(lake_dir))
        rows = _set_rows_aside(journal, folder)
        ensure(lake_dir)  # of each dataset at least the file without rows
        sound = lake_files(lake_dir)
        _note_lost_numbers(connection, sound, rows, lake_dir)
        lost = _lost_keys(connection, journal, sound, journal_path.with_name("seen.txt"))
        _forget(journal, lost, folder)
    names = [str(path.relative_to(lake_dir)) for path in damaged]
    return Repaired(folder, names + [f"{row.n} records of the journal" for row in rows], lost)


def _move(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    for file, place in ((path, to), (digest_path(path), digest_path(to))):
        if file.exists():
            file.rename(place)


def _set_rows_aside(journal: sqlite3.Connection, folder: Path) -> list[LogRow]:
    damaged = [row for row in log_rows(journal) if not _is_sound(row)]
    for row in damaged:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"journal-{row.first_seq}.zst").write_bytes(row.packed)
        journal.execute("DELETE FROM log WHERE first_seq = ?", (row.first_seq,))
    return damaged


def _is_sound(row: LogRow) -> bool:
    try:
        return len(row.lines()) == row.n
    except Damaged:
        return False


def _note_lost_numbers(
    connection: duckdb.DuckDBPyConnection, sound: Files, rows: list[LogRow], lake_dir: Path
) -> None:
    load_numbers(connection, sound)
    known = lost_numbers(lake_dir) + [(row.first_seq, row.last_seq) for row in rows]
    gaps = missing_numbers(connection, read_watermark(lake_dir).ingest_seq, known)
    if gaps or rows:
        write_durably(lake_dir / LOST, json.dumps(known + gaps).encode())


def _lost_keys(
    connection: duckdb.DuckDBPyConnection, journal: sqlite3.Connection, sound: Files, scratch: Path
) -> list[str]:
    """Returns the keys that ingest takes for stored, and that are neither in lake nor journal."""
    with scratch.open("w") as file:
        file.writelines(f"{key}\n" for (key,) in journal.execute("SELECT key FROM seen"))
    in_lake = [
        f"SELECT '{name[0]}' || {kind.key} || if(version = 1, '', ' ' || version) AS key "
        f"FROM {read_files(paths)}"
        for name, kind in KINDS.items()
        if (paths := sound[kind.datasets[0].name])
    ]
    missing = connection.execute(
        f"SELECT key FROM read_csv(?, columns = {{key: 'VARCHAR'}}, header = false, quote = '') "
        f"ANTI JOIN ({' UNION ALL '.join(in_lake)}) USING (key) ORDER BY key",
        [str(scratch)],
    ).fetchall()
    scratch.unlink()
    waiting = set(_waiting_keys(journal))
    return [key for (key,) in missing if key not in waiting]


def _waiting_keys(journal: sqlite3.Connection) -> Iterator[str]:
    for row in log_rows(journal):
        for line in row.lines():
            record = orjson.loads(line)["record"]
            yield seen_key(row.kind, record[KINDS[row.kind].key], record.get("version", 1))


def _forget(journal: sqlite3.Connection, lost: list[str], folder: Path) -> None:
    if lost:
        folder.mkdir(parents=True, exist_ok=True)
        write_durably(folder / "lost.txt", "".join(f"{key}\n" for key in lost).encode())
        journal.execute("BEGIN IMMEDIATE")
        journal.executemany("DELETE FROM seen WHERE key = ?", [(key,) for key in lost])
        journal.execute("COMMIT")
