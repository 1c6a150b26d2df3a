"""Answers read from a published set are kept in memory until the pointer moves."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.reading import is_known

# what is large, or is not of a set
_NEVER_KEPT = ("/v1/export/", "/v1/mailbox", "/v1/me")
_LARGEST_BYTES = 4 * 2**20
_ALL_BYTES = 64 * 2**20
# who asks is part of it: what one caller may see is never another's answer
Key = tuple[Any, str, bytes]
Mark = tuple[int, int] | None


@dataclass(frozen=True)
class Answer:
    """A whole 200 answer, as it was sent."""

    headers: list[tuple[bytes, bytes]]
    body: bytes

    async def give(self, scope: Scope, send: Send) -> None:
        """Sends the answer, or 304 to whoever holds it already."""
        own = Headers(raw=self.headers)
        if is_known(own.get("etag", ""), Headers(scope=scope).get("if-none-match", "")):
            kept = [pair for pair in self.headers if pair[0] in (b"etag", b"cache-control")]
            await send({"type": "http.response.start", "status": 304, "headers": kept})
            await send({"type": "http.response.body", "body": b""})
            return
        # those outside add their headers to the list that they are given
        start = {"type": "http.response.start", "status": 200, "headers": list(self.headers)}
        await send(start)
        await send({"type": "http.response.body", "body": self.body})


class AnswerMemory:
    """ASGI middleware, inside the gate: the same question to the same set is answered once.

    Who asks it at the same time waits for the one who came first.
    """

    def __init__(self, app: ASGIApp, pointer: Path) -> None:
        self._app = app
        self._pointer = pointer
        self._mark: Mark = None
        self._answers: OrderedDict[Key, Answer] = OrderedDict()
        self._bytes = 0
        self._under_way: dict[Key, asyncio.Event] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _may_be_kept(scope):
            return await self._app(scope, receive, send)
        key: Key = (scope.get("caller"), scope["path"], scope["query_string"])
        self._forget_other_sets()
        if key not in self._answers and (first := self._under_way.get(key)):
            await first.wait()
        if found := self._answers.get(key):
            self._answers.move_to_end(key)
            return await found.give(scope, send)
        return await self._ask(key, scope, receive, send)

    async def _ask(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        mark, done, recorder = self._mark, asyncio.Event(), _Recorder(send)
        self._under_way.setdefault(key, done)
        try:
            await self._app(scope, receive, recorder.send)
            self._forget_other_sets()
            # else it may be of the set before
            if mark is not None and mark == self._mark and (answer := recorder.answer()):
                self._keep(key, answer)
        finally:
            if self._under_way.get(key) is done:
                del self._under_way[key]
            done.set()

    def _forget_other_sets(self) -> None:
        # a pointer is replaced and never written, so each has a file of its own
        try:
            found = self._pointer.stat()
            mark: Mark = (found.st_ino, found.st_mtime_ns)
        except OSError:
            mark = None
        if mark != self._mark:
            self._mark, self._bytes = mark, 0
            self._answers.clear()

    def _keep(self, key: Key, answer: Answer) -> None:
        self._bytes += len(answer.body) - (
            len(self._answers[key].body) if key in self._answers else 0
        )
        self._answers[key] = answer
        while self._bytes > _ALL_BYTES:
            _, oldest = self._answers.popitem(last=False)
            self._bytes -= len(oldest.body)


class _Recorder:
    """Sends what it is given, and remembers it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = dict(message) | {"headers": list(message["headers"])}
        else:
            self._body += message.get("body", b"")
        await self._send(message)

    def answer(self) -> Answer | None:
        """Returns what was sent if it is to be kept: 200, of a set, and not too large."""
        if self._start is None or self._start["status"] != 200:
            return None
        is_of_a_set = "etag" in Headers(raw=self._start["headers"])
        if not is_of_a_set or len(self._body) > _LARGEST_BYTES:
            return None
        return Answer(self._start["headers"], self._body)


def _may_be_kept(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    path: str = scope["path"]
    return path.startswith("/v1/") and not path.startswith(_NEVER_KEPT)
