"""Opens the published marts, read-only, and reopens them when a newer set is published."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from core.errors import MartsNotPublished
from core.selection import EVERYBODY, Cursor, Selection, narrowed

POINTER = "current.json"
ARCHIVE = "archive"
# Queries of readers reach no file but the published ones, and nobody can switch that off again.
_READ_ONLY = """
    SET GLOBAL TimeZone = 'UTC';
    SET GLOBAL memory_limit = '1GB';
    SET GLOBAL threads = 2;
    SET GLOBAL parquet_metadata_cache = true;
    SET GLOBAL allowed_directories = ['{archive}/'];
    SET GLOBAL enable_external_access = false;
    SET GLOBAL lock_configuration = true;
"""

# An instance is shared by all who have the file open; none may see it half locked.
_OPENING = threading.Lock()


@dataclass(frozen=True)
class Published:
    """What `current.json` says about the published set. Moments are RFC 3339 in UTC."""

    number: int
    file: str
    published_at: str
    as_of: str
    ingest_seq: int

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), indent=2).encode() + b"\n"


def read_pointer(marts_dir: Path) -> Published:
    """Returns which set is published.

    Raises:
        MartsNotPublished: no set is published yet.
    """
    try:
        return Published(**json.loads((marts_dir / POINTER).read_text()))
    except FileNotFoundError:
        raise MartsNotPublished(
            "The first marts are still being built. Try again in a minute; "
            "workbench status shows how far it is."
        ) from None


@dataclass(frozen=True)
class _Shared:
    """A narrow cursor, which takes longer to make than most queries, for one query at a time."""

    published: Published
    cursor: Cursor
    lock: threading.Lock


class Marts:
    """The published marts of one folder, for any number of threads of one process.

    Reads the newest set, or always `pinned` if that is given.
    """

    def __init__(self, marts_dir: Path, pinned: Published | None = None) -> None:
        self._marts_dir = marts_dir
        self._pinned = pinned
        self._lock = threading.Lock()
        self._published: Published | None = None
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._narrow: dict[Selection, _Shared] = {}

    def published(self) -> Published:
        """Returns the set that the next query will read."""
        return self._pinned or read_pointer(self._marts_dir)

    def cursor(self, selection: Selection = EVERYBODY) -> Cursor:
        """Returns a cursor of its own over the published set, with the rows selected."""
        published = self.published()
        with self._lock:
            if self._connection is None or published != self._published:
                self._connection = self._open(published)
                self._published = published
            cursor = self._connection.cursor()
        return narrowed(cursor, selection)

    def rows(
        self,
        query: str,
        parameters: list[Any] | None = None,
        selection: Selection = EVERYBODY,
    ) -> list[dict[str, Any]]:
        """Returns the rows of `query` as dictionaries by column name."""
        if selection == EVERYBODY:
            return _rows(self.cursor(), query, parameters)
        shared = self._shared(selection)
        with shared.lock:
            return _rows(shared.cursor, query, parameters)

    def _shared(self, selection: Selection) -> _Shared:
        published = self.published()
        shared = self._narrow.get(selection)
        if shared is None or shared.published != published:
            shared = _Shared(published, self.cursor(selection), threading.Lock())
            with self._lock:
                others = self._narrow.items()
                kept = {key: one for key, one in others if one.published == published}
                self._narrow = kept | {selection: shared}
        return shared

    def _open(self, published: Published) -> duckdb.DuckDBPyConnection:
        # Each set has a file name of its own: DuckDB keeps one instance per path and process.
        # Cursors of the set before keep it alive until they are done.
        with _OPENING:
            connection = duckdb.connect(str(self._marts_dir / published.file), read_only=True)
            _lock(connection, self._marts_dir / ARCHIVE)
        return connection


def _rows(cursor: Cursor, query: str, parameters: list[Any] | None) -> list[dict[str, Any]]:
    found = cursor.execute(query, parameters or [])
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _lock(connection: duckdb.DuckDBPyConnection, archive: Path) -> None:
    """Locks the instance in, unless another `Marts` of this process that opened the file has."""
    is_locked = connection.execute("SELECT current_setting('lock_configuration')").fetchall()
    if is_locked != [(True,)]:
        connection.execute(_READ_ONLY.format(archive=str(archive.absolute()).replace("'", "''")))
