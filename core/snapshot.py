"""One published set held fast, so that every query of one answer reads the same rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.marts import Marts, Published
from core.selection import EVERYBODY, Cursor, Selection

Row = dict[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """One published set: every query of one answer reads the same rows."""

    published: Published
    cursor: Cursor

    def rows(self, query: str, parameters: list[Any] | None = None) -> list[Row]:
        """Returns the rows of `query` by column name."""
        found = self.cursor.execute(query, parameters or [])
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def open_snapshot(marts: Marts, selection: Selection = EVERYBODY) -> Snapshot:
    """Returns the newest published set, with the rows of the selected tutors.

    Raises:
        MartsNotPublished: no set is published yet.
    """
    while True:
        published, cursor = marts.published(), marts.cursor(selection)
        # A set published between the two lines would give numbers of one and rows of the other.
        if marts.published() == published:
            return Snapshot(published, cursor)
