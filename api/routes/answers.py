"""What the routes of /v1 have in common: the list around rows, and their documents."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel

from api.envelopes import ListOut, ProblemOut
from api.queries import Page, Row, Snapshot

Item = TypeVar("Item", bound=BaseModel)
Responses = dict[int | str, dict[str, Any]]
_PROBLEM: dict[str, Any] = {"model": ProblemOut, "content": {"application/problem+json": {}}}


def one_page(
    shape: type[ListOut[Item]], page: Page, snapshot: Snapshot, limit: int, offset: int
) -> ListOut[Item]:
    """Returns some rows of a list as `shape`."""
    published = snapshot.published
    return shape.model_validate(
        {
            "items": page.rows,
            "total": page.total,
            "limit": limit,
            "offset": offset,
            "as_of": published.as_of,
            "published": published.number,
        }
    )


def whole_list(shape: type[ListOut[Item]], rows: list[Row], snapshot: Snapshot) -> ListOut[Item]:
    """Returns all rows of a list as `shape`."""
    return one_page(shape, Page(rows, len(rows)), snapshot, limit=len(rows), offset=0)


def documented(example: dict[str, Any], *, has_id: bool = False) -> Responses:
    """Returns the answers of an operation for OpenAPI: an example, and what can go wrong."""
    problems = {
        401: "Nobody is logged in, or the token is not valid",
        403: "The token lacks the scope marts:read",
        **({404: "Nothing has this id"} if has_id else {}),
        422: "A parameter is not valid",
        503: "No marts are published yet",
    }
    answers: Responses = {200: {"content": {"application/json": {"example": example}}}}
    return answers | {status: _PROBLEM | {"description": text} for status, text in problems.items()}
