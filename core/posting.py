"""Posts NDJSON in batches over HTTP until each line is stored or refused for good."""

from __future__ import annotations

import gzip
import random
import threading
import zlib
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from core.errors import (
    BadInput,
    BodyTooLarge,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    Unavailable,
    WorkbenchError,
)

# Two in flight: while one batch waits for the disk the next is read and packed.
IN_FLIGHT = 2
ATTEMPTS = 10
_MOST_BYTES = 6_000_000
_LONGEST_WAIT = 30.0
_AGAIN = frozenset({408, 425, 429})
_ANSWERED = frozenset({202, 409, 422})
_REFUSALS = {401: NotAuthenticated, 403: NotAllowed, 404: NotFound, 413: BodyTooLarge}


@dataclass(frozen=True)
class Rejection:
    """A record that was refused for good, and why; `line` counts from 0 over all that was sent."""

    line: int
    record_id: str | None
    errors: list[dict[str, Any]]


@dataclass(frozen=True)
class Progress:
    """How many records have been sent and answered so far; `rejections` are the last batch's."""

    sent: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    rejections: list[Rejection] = field(default_factory=list)


def read_lines(path: Path) -> Iterator[bytes]:
    """Yields the lines of an NDJSON file that are not empty; a file ending in .gz is inflated.

    Raises:
        BadInput: the file cannot be read.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            for line in file:
                if line.strip():
                    yield line if line.endswith(b"\n") else line + b"\n"
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(f"{path.name} cannot be read ({type(error).__name__}).") from None


def post_batches(
    url: str,
    token: str,
    lines: Iterable[bytes],
    rows_per_batch: int = 2_000,
    backfill: bool = False,
) -> Iterator[Progress]:
    """Yields the progress after each batch, in order, while the next ones are under way.

    Args:
        url: the endpoint, such as http://127.0.0.1:8000/v1/sessions.
        token: a JWT with the scope ingest:write.
        lines: NDJSON, each with its line feed.
        rows_per_batch: most records in one request; large records make smaller batches.
        backfill: marks history, of which no letters are sent.

    Raises:
        WorkbenchError: the door refused a whole batch, or did not answer after `ATTEMPTS`.
    """
    progress = Progress()
    headers = {"Authorization": f"Bearer {token}"}
    params = {"backfill": "true"} if backfill else {}
    stop = threading.Event()
    # Proxies of the environment are for the outside world; this door is our own.
    with (
        httpx.Client(headers=headers, params=params, timeout=60, trust_env=False) as client,
        ThreadPoolExecutor(IN_FLIGHT) as pool,
    ):
        try:
            for rows, answer in _answers(pool, _Sender(client, url, stop), lines, rows_per_batch):
                progress = _advance(progress, rows, answer)
                yield progress
        finally:
            stop.set()


def reasons_of(rejections: Iterable[Rejection]) -> Counter[tuple[str, str]]:
    """Returns how often each place of a record was refused, and in which words."""
    return Counter(
        (error["pointer"], error["detail"])
        for rejection in rejections
        for error in rejection.errors
    )


def _answers(
    pool: ThreadPoolExecutor, sender: _Sender, lines: Iterable[bytes], rows_per_batch: int
) -> Iterator[tuple[int, dict[str, Any]]]:
    waiting: deque[tuple[int, Future[dict[str, Any]]]] = deque()
    for batch in _batches(lines, rows_per_batch):
        waiting.append((len(batch), pool.submit(sender.post, batch)))
        if len(waiting) > IN_FLIGHT:
            rows, answer = waiting.popleft()
            yield rows, answer.result()
    for rows, answer in waiting:
        yield rows, answer.result()


def _batches(lines: Iterable[bytes], rows_per_batch: int) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for line in lines:
        if batch and (len(batch) >= rows_per_batch or size + len(line) > _MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line)
    if batch:
        yield batch


def _advance(progress: Progress, rows: int, answer: dict[str, Any]) -> Progress:
    rejections = [_rejection(progress.sent, entry) for entry in answer["rejected"]]
    return replace(
        progress,
        sent=progress.sent + rows,
        accepted=progress.accepted + answer.get("accepted", 0),
        duplicates=progress.duplicates + answer.get("duplicates", 0),
        rejected=progress.rejected + len(rejections),
        rejections=rejections,
    )


def _rejection(first_line: int, entry: dict[str, Any]) -> Rejection:
    record_id = next((value for name, value in entry.items() if name.endswith("_id")), None)
    return Rejection(first_line + entry["index"], record_id, entry["errors"])


class _Sender:
    def __init__(self, client: httpx.Client, url: str, stop: threading.Event) -> None:
        self._client, self._url, self._stop = client, url, stop

    def post(self, batch: list[bytes]) -> dict[str, Any]:
        """Returns the answer to a batch; asks again as long as that can help."""
        body = gzip.compress(b"".join(batch), compresslevel=1)
        for attempt in range(ATTEMPTS):
            response = self._try(body)
            if response is not None and not _is_passing(response):
                return _read(response, len(batch))
            if self._stop.wait(_pause(attempt, response)):
                break
        raise Unavailable(
            f"The ingest door did not take the records after {attempt + 1} attempts. See that it "
            "runs (workbench status) and send again: what is stored already is not stored twice."
        )

    def _try(self, body: bytes) -> httpx.Response | None:
        headers = {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}
        try:
            return self._client.post(self._url, content=body, headers=headers)
        except httpx.TransportError:
            return None


def _is_passing(response: httpx.Response) -> bool:
    return response.status_code >= 500 or response.status_code in _AGAIN


def _pause(attempt: int, response: httpx.Response | None) -> float:
    """Doubles, with full jitter so that senders do not come back together."""
    backoff = random.uniform(0, min(_LONGEST_WAIT, 0.2 * 2**attempt))
    return max(backoff, _retry_after(response) if response is not None else 0.0)


def _retry_after(response: httpx.Response) -> float:
    told = response.headers.get("Retry-After", "")
    return float(told) if told.isdecimal() else 0.0


def _read(response: httpx.Response, rows: int) -> dict[str, Any]:
    answer = _json(response)
    if response.status_code in _ANSWERED and "rejected" in answer:
        return answer
    if response.status_code in _ANSWERED and rows == 1:
        return {"rejected": [{"index": 0, "errors": answer.get("errors", [])}]}
    raise _refusal(response.status_code, answer)


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _refusal(status: int, answer: dict[str, Any]) -> WorkbenchError:
    kind: type[WorkbenchError] = _REFUSALS.get(status, BadInput)
    return kind(answer.get("detail", f"The address answered {status}: is it the ingest door?"))
