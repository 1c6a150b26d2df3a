"""Cursors: where the next page of a list begins, in which published set, of which question.

A cursor is a place in one published set, which never changes: pages neither repeat nor skip a row.
With a newer set it is refused, since rows may have moved; a walk of a few pages takes less time
than a set stands, and /v1/export gives a whole mart at once.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from core.errors import BadInput, WorkbenchError

_LAST_OFFSET = 10_000_000


class ListChanged(WorkbenchError):
    """A newer set was published since the cursor was given."""

    status = 410
    title = "The list has changed"


@dataclass(frozen=True)
class Question:
    """What a cursor belongs to: the tag of a set, and what was asked of it but for the place."""

    tag: str
    path: str
    filters: dict[str, Any]

    def cursor(self, offset: int) -> str:
        """Returns the cursor of the page that begins at `offset`."""
        content = json.dumps([self.tag, self._digest(), offset], separators=(",", ":"))
        return urlsafe_b64encode(content.encode()).decode().rstrip("=")

    def offset(self, cursor: str) -> int:
        """Returns where the page of `cursor` begins.

        Raises:
            BadInput: it is no cursor, or one of another question.
            ListChanged: it is of another published set.
        """
        tag, digest, offset = _read(cursor)
        if digest != self._digest():
            raise BadInput("This cursor is of another list. Keep filters and sort as they were.")
        if tag != self.tag:
            raise ListChanged(
                "A newer set is published, in which rows may have moved. Start again without "
                "cursor; /v1/export gives a whole mart at once."
            )
        return offset

    def _digest(self) -> str:
        asked = json.dumps([self.path, self.filters], sort_keys=True, default=str)
        return sha256(asked.encode()).hexdigest()[:12]


def _read(cursor: str) -> tuple[str, str, int]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        tag, digest, offset = json.loads(urlsafe_b64decode(padded.encode()))
        if type(offset) is int and 0 <= offset <= _LAST_OFFSET:
            return str(tag), str(digest), offset
    except (ValueError, TypeError):
        pass
    raise BadInput("This is no cursor. Take it from `next` of the page before.")
