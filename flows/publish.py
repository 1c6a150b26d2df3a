"""Publishes the marts: a new file, on disk before the pointer names it, the last sets kept."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import duckdb

from core.errors import MartsNotPublished
from core.lake import sync_folder, write_durably
from core.marts import POINTER, Published, read_pointer
from flows.archive import Base, publish_kept, quoted, read_base
from flows.measures import note_publication
from flows.views import make_views, views_of

KEPT_SETS = 3
_SET = re.compile(r"marts-(\d+)\.duckdb")


def publish_marts(
    warehouse_path: Path, marts_dir: Path, *, ingest_seq: int, as_of: datetime, now: datetime
) -> Published:
    """Returns the set just published: every table and view of the warehouse's schema `marts`.

    What it costs does not grow with history: see `flows.archive`.

    Readers see the old set or the new one, never a mixture, and after a power cut too.
    """
    marts_dir.mkdir(parents=True, exist_ok=True)
    number = _next_number(marts_dir)
    path = marts_dir / f"marts-{number}.duckdb"
    base = read_base(warehouse_path.parent, number, ingest_seq, as_of.isoformat())
    _copy_marts(warehouse_path, path, base)
    published = Published(
        number=number,
        file=path.name,
        published_at=now.isoformat(),
        as_of=as_of.isoformat(),
        ingest_seq=ingest_seq,
    )
    write_durably(marts_dir / POINTER, published.to_json())
    note_publication(warehouse_path.parent, published)
    _remove_old_sets(marts_dir, number)
    return published


def published_or_none(marts_dir: Path) -> Published | None:
    """Returns the set that readers see, if there is one."""
    with suppress(MartsNotPublished):
        return read_pointer(marts_dir)
    return None


def _next_number(marts_dir: Path) -> int:
    numbers = list(_sets(marts_dir))
    if published := published_or_none(marts_dir):
        numbers.append(published.number)
    return max(numbers, default=0) + 1


def _sets(marts_dir: Path) -> dict[int, Path]:
    found = ((_SET.fullmatch(path.name), path) for path in marts_dir.iterdir())
    return {int(name[1]): path for name, path in found if name}


def _copy_marts(warehouse_path: Path, path: Path, base: Base) -> None:
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    # from the warehouse, which a build may have kept open and which is named after its file
    with duckdb.connect(str(warehouse_path)) as connection:
        connection.execute(f"ATTACH {quoted(draft)} AS published (RECOVERY_MODE no_wal_writes)")
        connection.execute("USE published")
        kept = publish_kept(connection, path.parent, base)
        tables = connection.execute(
            "SELECT table_name FROM duckdb_tables() "
            "WHERE database_name = 'warehouse' AND schema_name = 'marts' "
            "AND table_name NOT IN ('fct_predictions', 'fct_reschedule_chains') ORDER BY 1"
        ).fetchall()
        for (table,) in tables:
            if table not in kept:
                connection.execute(f"CREATE TABLE {table} AS FROM warehouse.marts.{table}")
        views = views_of(connection)
        connection.execute("USE warehouse; DETACH published")
    make_views(draft, [*kept.values(), *views])
    _sync_file(draft)
    draft.rename(path)
    sync_folder(path.parent)


def _sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _remove_old_sets(marts_dir: Path, newest: int) -> None:
    for number, path in _sets(marts_dir).items():
        if number <= newest - KEPT_SETS:
            path.unlink()
