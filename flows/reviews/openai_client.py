"""One door to OpenAI, or to a server that speaks its protocol: bounded in time, size and words."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextvars import ContextVar
from dataclasses import dataclass

import httpx2
from openai import AsyncOpenAI, DefaultAsyncHttpxClient

LARGEST_ANSWER = 1_000_000  # bytes; a true one has about five thousand
ATTEMPT_SECONDS = 30.0
_CONNECT_SECONDS = 5.0
_RETRIES = 2  # the SDK waits as Retry-After says, else half a second and doubling
_TALKATIVE = ("openai", "httpx2", "httpcore2")


@dataclass
class Trips:
    """How often a request of one review went out, and how often an answer came back."""

    sent: int = 0
    answered: int = 0
    most_bytes: int = LARGEST_ANSWER
    is_too_large: bool = False

    @property
    def lost(self) -> int:
        """Returns for how many we may be billed without having seen an answer."""
        return max(0, self.sent - self.answered)


TRIPS: ContextVar[Trips] = ContextVar("trips")


def open_client(
    base_url: str, key: str, attempt_seconds: float = ATTEMPT_SECONDS, retries: int = _RETRIES
) -> AsyncOpenAI:
    """Returns a client that follows no redirect and says nothing in logs."""
    keep_quiet()
    timeout = httpx2.Timeout(attempt_seconds, connect=_CONNECT_SECONDS)
    return AsyncOpenAI(
        api_key=key,
        base_url=base_url,
        timeout=timeout,
        max_retries=retries,
        http_client=DefaultAsyncHttpxClient(
            timeout=timeout,
            # a redirect would carry a student's words to wherever it says
            follow_redirects=False,
            headers={"Accept-Encoding": "identity"},
            event_hooks={"request": [_count], "response": [_bound]},
        ),
    )


def keep_quiet() -> None:
    """Makes the loggers of SDK and HTTP drop everything below a warning, whatever their level."""
    names = [*logging.root.manager.loggerDict, *_TALKATIVE]
    for name in names:
        logger = logging.getLogger(name)
        if name.partition(".")[0] in _TALKATIVE and _is_important not in logger.filters:
            logger.addFilter(_is_important)


def _is_important(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


async def _count(_: httpx2.Request) -> None:
    TRIPS.get(Trips()).sent += 1


async def _bound(response: httpx2.Response) -> None:
    is_packed = response.headers.get("content-encoding", "identity") != "identity"
    response.headers.pop("content-encoding", None)
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    most = TRIPS.get(Trips()).most_bytes
    response.stream = _Bounded(response.stream, 0 if is_packed else most)


class _Bounded(httpx2.AsyncByteStream):
    """Ends after so many bytes: an error in its place would make the SDK ask for them again."""

    def __init__(self, stream: httpx2.AsyncByteStream, most: int) -> None:
        self._stream, self._most = stream, most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size, trips = 0, TRIPS.get(Trips())
        async for chunk in self._stream:
            size += len(chunk)
            if size > self._most:
                trips.is_too_large = True
                break
            yield chunk
        trips.answered += 1

    async def aclose(self) -> None:
        await self._stream.aclose()
