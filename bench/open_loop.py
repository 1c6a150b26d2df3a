"""A client that keeps to a timetable: each request has its moment, however slow the answers are.

A closed loop waits for a slow server and so hides what callers would feel. Here a request whose
moment has come goes out on any idle connection; if there is none, it is counted as not sent.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import cast

import orjson

from bench.http_load import request_of
from bench.ingest import session_line

_TICK_SECONDS = 0.002
_MARK = b"#" * 9


@dataclass
class Offered:
    """What came back. Times are monotonic seconds; answers are counted by their status."""

    sent: int = 0
    not_sent: int = 0
    unanswered: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    accepted_at: dict[int, float] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    without_retry_after: int = 0
    partly_accepted: int = 0


def request_maker(token: str, records: int) -> Callable[[int], bytes]:
    """Returns what makes the POST of a number: `records` sessions whose ids hold that number.

    Making one is a replacement of bytes: the client must cost less than the server.
    """
    line = session_line()
    lines = [line[:15] + b"o-" + _MARK + b"-%04d" % row + line[51:] for row in range(records)]
    content_type = "application/json" if records == 1 else "application/x-ndjson"
    template = request_of("/v1/sessions", b"\n".join(lines), token, content_type)
    return lambda number: template.replace(_MARK, b"%09d" % number)


async def offer(
    port: int,
    make: Callable[[int], bytes],
    numbers: range,
    rate: float,
    connections: int,
) -> Offered:
    """Returns what was answered to requests sent at `rate` a second over kept connections."""
    offered, loop = Offered(), asyncio.get_running_loop()
    idle: list[_Connection] = []
    factory = partial(_Connection, idle, offered)
    lines = [
        (await loop.create_connection(factory, "127.0.0.1", port))[1] for _ in range(connections)
    ]
    started, due = time.monotonic(), 0
    while due < len(numbers):
        await asyncio.sleep(_TICK_SECONDS)
        now = time.monotonic()
        upto = min(len(numbers), int((now - started) * rate))
        for place in range(due, upto):
            if idle:
                idle.pop().send(numbers[place], make(numbers[place]), started + place / rate)
            else:
                offered.not_sent += 1
        due = max(due, upto)
    await _let_them_answer(lines, offered)
    return offered


async def _let_them_answer(lines: list[_Connection], offered: Offered) -> None:
    deadline = time.monotonic() + 60
    while any(line.number is not None for line in lines) and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    offered.unanswered += sum(line.number is not None for line in lines)
    for line in lines:
        line.transport.close()


class _Connection(asyncio.Protocol):
    def __init__(self, idle: list[_Connection], offered: Offered) -> None:
        self.number: int | None = None
        self._idle = idle
        self._offered = offered
        self._received = b""
        self._due = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        self._idle.append(self)

    def connection_lost(self, _: Exception | None) -> None:
        if self in self._idle:
            self._idle.remove(self)

    def send(self, number: int, request: bytes, due: float) -> None:
        self.number = number
        self._due = due
        self._offered.sent += 1
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, mark, body = self._received.partition(b"\r\n\r\n")
        head = head.lower()
        if mark and len(body) >= int(head.partition(b"content-length:")[2].split(b"\r\n")[0]):
            self._note(int(head[9:12]), head, body)
            self._received, self.number = b"", None
            self._idle.append(self)

    def _note(self, status: int, head: bytes, body: bytes) -> None:
        assert self.number is not None
        now = time.monotonic()
        self._offered.statuses[status] += 1
        if status == 202:
            self._offered.accepted_at[self.number] = now
            self._offered.waits.append(now - self._due)
            self._offered.partly_accepted += bool(orjson.loads(body)["rejected"])
        elif status == 503:
            self._offered.without_retry_after += b"\r\nretry-after:" not in head
