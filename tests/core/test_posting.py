from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from core import posting
from core.errors import BadInput, NotAuthenticated, Unavailable
from core.posting import Progress, post_batches


class ScriptedDoor(ThreadingHTTPServer):
    """A real HTTP server that gives the answers it was told to, then takes everything."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script: list[tuple[int, dict[str, str], dict[str, Any]]] = []
        self.requests: list[tuple[str, dict[str, str], list[dict[str, Any]]]] = []
        self.url = f"http://127.0.0.1:{self.server_port}/v1/sessions"


class _Handler(BaseHTTPRequestHandler):
    server: ScriptedDoor
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = gzip.decompress(self.rfile.read(int(self.headers["Content-Length"])))
        rows = [json.loads(line) for line in body.splitlines()]
        self.server.requests.append((self.path, dict(self.headers), rows))
        taken = {"accepted": len(rows), "duplicates": 0, "rejected": []}
        status, headers, answer = (
            self.server.script.pop(0)
            if self.server.script
            else (
                202,
                {},
                taken,
            )
        )
        self._answer(status, headers, json.dumps(answer).encode())

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Keeps the test's output clean."""


@pytest.fixture
def scripted_door() -> Iterator[ScriptedDoor]:
    with ScriptedDoor() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def some_lines(count: int) -> list[bytes]:
    return [b'{"session_id":"s-%d"}\n' % number for number in range(count)]


def send(door: ScriptedDoor, count: int, rows_per_batch: int, **options: Any) -> list[Progress]:
    return list(post_batches(door.url, "a.b.c", some_lines(count), rows_per_batch, **options))


def test_every_line_arrives_after_the_door_was_busy(scripted_door: ScriptedDoor) -> None:
    scripted_door.script = [(503, {"Retry-After": "1"}, {}), (429, {}, {}), (500, {}, {})]
    last = send(scripted_door, 25, 10)[-1]
    arrived = {row["session_id"] for _, _, rows in scripted_door.requests for row in rows}
    assert arrived == {f"s-{number}" for number in range(25)}
    assert len(scripted_door.requests) == 3 + 3
    assert (last.sent, last.accepted, last.duplicates, last.rejected) == (25, 25, 0, 0)


def test_progress_grows_by_one_batch_at_a_time(scripted_door: ScriptedDoor) -> None:
    assert [step.sent for step in send(scripted_door, 25, 10)] == [10, 20, 25]


def test_batches_are_packed_named_and_marked(scripted_door: ScriptedDoor) -> None:
    send(scripted_door, 1, 10, backfill=True)
    path, headers, _ = scripted_door.requests[0]
    assert path == "/v1/sessions?backfill=true"
    assert headers["Content-Type"] == "application/x-ndjson"
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Authorization"] == "Bearer a.b.c"


def test_live_batches_are_not_marked_as_backfill(scripted_door: ScriptedDoor) -> None:
    send(scripted_door, 1, 10)
    assert scripted_door.requests[0][0] == "/v1/sessions"


def test_rejected_rows_are_named_by_their_line(scripted_door: ScriptedDoor) -> None:
    errors = [{"pointer": "/status", "code": "literal_error", "detail": "use completed"}]
    refused = [{"index": 2, "session_id": "s-2", "errors": errors}]
    scripted_door.script = [(202, {}, {"accepted": 4, "duplicates": 1, "rejected": refused})]
    steps = list(post_batches(scripted_door.url, "a.b.c", iter(some_lines(6)), 6))
    assert (steps[0].accepted, steps[0].duplicates, steps[0].rejected) == (4, 1, 1)
    assert steps[0].rejections == [posting.Rejection(2, "s-2", errors)]


@pytest.mark.parametrize("status", [409, 422])
def test_batch_without_a_valid_row_is_counted_and_not_sent_again(
    scripted_door: ScriptedDoor, status: int
) -> None:
    refused = [{"index": i, "session_id": f"s-{i}", "errors": []} for i in range(3)]
    scripted_door.script = [(status, {}, {"title": "no", "rejected": refused})]
    steps = send(scripted_door, 6, 3)
    assert (steps[-1].sent, steps[-1].accepted, steps[-1].rejected) == (6, 3, 3)
    assert len(scripted_door.requests) == 2


def test_conflict_of_a_single_record_is_a_rejection(scripted_door: ScriptedDoor) -> None:
    scripted_door.script = [(409, {}, {"title": "Conflict", "detail": "raise version"})]
    assert send(scripted_door, 1, 3)[-1].rejected == 1


def test_refused_token_ends_the_sending_with_the_doors_own_words(
    scripted_door: ScriptedDoor,
) -> None:
    scripted_door.script = [(401, {}, {"detail": "The token has expired; make another."})] * 2
    with pytest.raises(NotAuthenticated, match="make another"):
        send(scripted_door, 2, 10)
    assert len(scripted_door.requests) == 1


def test_another_refusal_is_not_tried_again(scripted_door: ScriptedDoor) -> None:
    scripted_door.script = [(400, {}, {"detail": "Send NDJSON."})]
    with pytest.raises(BadInput, match="Send NDJSON"):
        send(scripted_door, 2, 10)


def test_silent_door_is_given_up_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "ATTEMPTS", 2)
    with ScriptedDoor() as unserved:
        url = unserved.url
    with pytest.raises(Unavailable, match="workbench status"):
        list(post_batches(url, "a.b.c", some_lines(1)))


def test_large_records_make_smaller_batches(scripted_door: ScriptedDoor) -> None:
    lines = [b'{"session_id":"s-%d","x":"%s"}\n' % (i, b"x" * 4_000_000) for i in range(3)]
    list(post_batches(scripted_door.url, "a.b.c", lines))
    assert [len(rows) for _, _, rows in scripted_door.requests] == [1, 1, 1]


def test_nothing_to_send_gives_no_progress(scripted_door: ScriptedDoor) -> None:
    assert send(scripted_door, 0, 10) == []
    assert scripted_door.requests == []
