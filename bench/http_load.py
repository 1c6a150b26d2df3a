"""A client that costs little: keeps a number of connections busy with requests made beforehand."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import cast


@dataclass
class Answers:
    """What came back: how many of each status, and how long each took in seconds."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


def request_of(path: str, body: bytes, token: str, content_type: str) -> bytes:
    """Returns the bytes of one POST."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def send_all(port: int, requests: Iterator[bytes], connections: int) -> Answers:
    """Returns the answers when every request was answered; each connection has one under way."""
    answers, loop = Answers(), asyncio.get_running_loop()
    ends = [loop.create_future() for _ in range(connections)]
    for end in ends:
        connection = partial(_Connection, requests, answers, end)
        await loop.create_connection(connection, "127.0.0.1", port)
    await asyncio.gather(*ends)
    return answers


class _Connection(asyncio.Protocol):
    def __init__(
        self, requests: Iterator[bytes], answers: Answers, end: asyncio.Future[None]
    ) -> None:
        self._requests = requests
        self._answers = answers
        self._end = end
        self._received = b""
        self._started = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        self._send_next()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, mark, body = self._received.partition(b"\r\n\r\n")
        if not mark or len(body) < _content_length(head):
            return
        self._answers.seconds.append(time.perf_counter() - self._started)
        self._answers.statuses[int(head[9:12])] += 1
        self._received = b""
        self._send_next()

    def connection_lost(self, _: Exception | None) -> None:
        if not self._end.done():
            self._end.set_result(None)

    def _send_next(self) -> None:
        if (request := next(self._requests, None)) is None:
            self._transport.close()
            return
        self._started = time.perf_counter()
        self._transport.write(request)


def _content_length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0])
