"""What all queries share: conditions, columns, one page of a list. Computes no meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from core.errors import NotFound
from core.snapshot import Row, Snapshot

# fields that a shape takes from elsewhere than its mart
ADDED_ELSEWHERE = frozenset({"published", "report"})
IN_NAME_OR_ID = (
    "contains(strip_accents(lower(display_name || ' ' || tutor_id)), strip_accents(lower(?)))"
)


@dataclass(frozen=True)
class Page:
    """Some rows of a longer list, and how long the list is."""

    rows: list[Row]
    total: int


@dataclass(frozen=True)
class Span:
    """Which rows of a list: `limit` of them from `offset` on."""

    limit: int
    offset: int


def read_page(snapshot: Snapshot, query: str, parameters: list[Any], span: Span) -> Page:
    """Returns the rows of the ordered `query` that lie in `span`, and the number of all."""
    [counted] = snapshot.rows(f"SELECT count(*) AS total FROM ({query})", parameters)
    rows = snapshot.rows(f"{query} LIMIT ? OFFSET ?", [*parameters, span.limit, span.offset])
    return Page(rows, counted["total"])


def where(conditions: dict[str, Any]) -> tuple[str, list[Any]]:
    """Returns the WHERE clause of the conditions that were given, and its parameters."""
    given = {clause: value for clause, value in conditions.items() if value is not None}
    return (f"WHERE {' AND '.join(given)}" if given else ""), list(given.values())


def columns(model: type[BaseModel]) -> str:
    """Returns the columns of its mart that `model` shows."""
    return ", ".join(name for name in model.model_fields if name not in ADDED_ELSEWHERE)


def only(rows: list[Row], missing: str) -> Row:
    """Returns the one row.

    Raises:
        NotFound: there is none; it says `missing`.
    """
    if not rows:
        raise NotFound(missing)
    return rows[0]
