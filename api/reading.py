"""One request's reading of one published set, and how what it found is answered."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from pydantic import BaseModel
from starlette.responses import Response

from api.envelopes import ListOut
from api.paging import Question
from api.parameters import Chosen, Paging
from api.queries.selecting import Page, Span
from core.errors import BadInput
from core.marts import Published
from core.snapshot import Row, Snapshot


def tag_of(published: Published) -> str:
    """Returns the entity tag of a published set; a wiped and rebuilt set gets another one."""
    return f'"{published.number}-{sha256(published.to_json()).hexdigest()[:12]}"'


def headers_of(published: Published) -> dict[str, str]:
    """Returns the headers of every answer that was read from a published set."""
    return {"etag": tag_of(published), "cache-control": "private, no-cache"}


def is_known(tag: str, if_none_match: str) -> bool:
    """Returns whether the reader holds what has this entity tag."""
    return tag in {known.strip().removeprefix("W/") for known in if_none_match.split(",")}


@dataclass(frozen=True)
class Reading:
    """The set that a request reads, and the address that was asked for."""

    snapshot: Snapshot
    path: str

    def span(self, query: Paging) -> Span:
        """Returns which rows of a list are asked for.

        Raises:
            BadInput: the cursor is not of this list, or an offset was given with it.
            ListChanged: the cursor is of another published set.
        """
        if query.cursor is None:
            return Span(query.limit, query.offset)
        if query.offset:
            raise BadInput("Give cursor or offset, not both.")
        return Span(query.limit, self._question(query).offset(query.cursor))

    def page(self, item: type[BaseModel], page: Page, span: Span, query: Paging) -> Response:
        """Returns some rows of a list, each as an `item`, with the cursor of the rows after."""
        end = span.offset + len(page.rows)
        is_last = not page.rows or end >= page.total
        following = None if is_last else self._question(query).cursor(end)
        return self._list(item, page, span, following, query)

    def whole(self, item: type[BaseModel], rows: list[Row], query: Chosen) -> Response:
        """Returns all rows of a list, each as an `item`."""
        return self._list(item, Page(rows, len(rows)), Span(len(rows), 0), None, query)

    def row(self, shape: type[BaseModel], row: Row, query: Chosen) -> Response:
        """Returns one row as `shape`."""
        found = shape.model_validate(row)
        return self._answer(found.model_dump_json(include=_chosen(shape, query)))

    def _list(
        self,
        item: type[BaseModel],
        page: Page,
        span: Span,
        following: str | None,
        query: Chosen,
    ) -> Response:
        published = self.snapshot.published
        envelope: dict[str, Any] = {
            "total": page.total,
            "limit": span.limit,
            "offset": span.offset,
            "next": following,
            "as_of": published.as_of,
            "published": published.number,
        }
        chosen = _chosen(item, query)
        shape = ListOut[item]  # type: ignore[valid-type]
        found = shape.model_validate({"items": page.rows} | envelope)
        include: Any = dict.fromkeys(envelope, True) | {"items": {"__all__": chosen}}
        return self._answer(found.model_dump_json(include=include if chosen else None))

    def _question(self, query: Paging) -> Question:
        return Question(tag_of(self.snapshot.published), self.path, query.filters())

    def _answer(self, content: str) -> Response:
        headers = headers_of(self.snapshot.published)
        return Response(content, media_type="application/json", headers=headers)


def _chosen(shape: type[BaseModel], query: Chosen) -> set[str] | None:
    if query.fields is None:
        return None
    chosen = {name.strip() for name in query.fields.split(",")} - {""}
    if not chosen or chosen - shape.model_fields.keys():
        raise BadInput(f"fields takes, with commas between: {', '.join(shape.model_fields)}")
    return chosen
