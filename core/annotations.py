"""Days that people marked for everybody, such as a change of policy: one small SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from core.errors import BadInput, NotFound

LONGEST = 80  # longer does not fit over a drawing
_SCHEMA = """
    create table if not exists annotations (
        id integer primary key autoincrement,
        day text not null,
        words text not null,
        author text not null,
        at text not null
    ) strict
"""


@dataclass(frozen=True)
class Annotation:
    """A few words about a day; `author` is a username."""

    id: int
    day: date
    words: str
    author: str
    at: datetime


class Annotations:
    """The marked days in one file, for any process."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> list[Annotation]:
        """Returns all marked days, oldest day first; none, and no file, before the first."""
        if not self._path.exists():
            return []
        with self._store() as store:
            rows = store.execute("select * from annotations order by day, id").fetchall()
        return [
            Annotation(id, date.fromisoformat(day), words, author, datetime.fromisoformat(at))
            for id, day, words, author, at in rows
        ]

    def add(self, day: date, words: str, author: str, now: datetime) -> int:
        """Returns the number of the newly marked day.

        Raises:
            BadInput: there are no words, or too many.
        """
        words = " ".join(words.split())
        if not 0 < len(words) <= LONGEST:
            raise BadInput(f"Say in up to {LONGEST} characters what happened that day.")
        row = (day.isoformat(), words, author, now.isoformat())
        query = "insert into annotations (day, words, author, at) values (?, ?, ?, ?)"
        with self._store() as store:
            return int(store.execute(query, row).lastrowid or 0)

    def remove(self, number: int) -> None:
        """Takes a mark away.

        Raises:
            NotFound: there is no such mark.
        """
        with self._store() as store:
            if not store.execute("delete from annotations where id = ?", (number,)).rowcount:
                raise NotFound("This day is not marked any more.")

    @contextmanager
    def _store(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # no write-ahead log: open pages watch this very file
        with closing(sqlite3.connect(self._path, timeout=10)) as store, store:
            store.execute(_SCHEMA)
            yield store
