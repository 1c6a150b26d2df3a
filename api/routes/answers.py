"""What the documents of the routes of /v1 have in common."""

from __future__ import annotations

from typing import Any

from api.envelopes import ProblemOut

Responses = dict[int | str, dict[str, Any]]
_PROBLEM: dict[str, Any] = {"model": ProblemOut, "content": {"application/problem+json": {}}}


def documented(
    example: dict[str, Any],
    *,
    has_id: bool = False,
    is_published: bool = True,
    is_paged: bool = False,
) -> Responses:
    """Returns the answers of an operation for OpenAPI: an example, and what can go wrong."""
    problems = {
        401: "Nobody is logged in, or the token is not valid",
        403: "The token lacks the scope marts:read",
        **({404: "Nothing has this id, or the day is not kept"} if has_id else {}),
        **({410: "A newer set is published: start again without cursor"} if is_paged else {}),
        422: "A parameter is not valid",
        **({503: "No marts are published yet"} if is_published else {}),
    }
    answers: Responses = {200: {"content": {"application/json": {"example": example}}}}
    return answers | {status: _PROBLEM | {"description": text} for status, text in problems.items()}
