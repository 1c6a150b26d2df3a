"""A backlog goes out as a batch at half the price, and comes back checked like anything else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from flows.reviews.batches import collect, submit
from flows.reviews.due import Due
from flows.reviews.ledger import Entry, Ledger
from flows.reviews.material import Material
from flows.reviews.openai_client import open_client
from flows.reviews.openai_grader import OpenAIGrader
from flows.reviews.reviewer import Reviewer
from flows.reviews.rubric import load_rubric
from flows.reviews.spending import Caps, spent_on
from tests.flows.reviews import model_server as says
from tests.flows.reviews.answering import answer, finding
from tests.flows.reviews.conftest import material
from tests.flows.reviews.model_server import Handler, ModelServer
from tests.flows.reviews.test_openai_grader import PRICES

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
TODAY = date(2026, 11, 26)
CAPS = Caps(5, 1)
SESSIONS = [material(f"s{number}", feedback=f"Number {number} was fine.") for number in range(3)]
Step = Callable[[Reviewer, OpenAIGrader], Awaitable[set[date]]]


class BatchServer:
    """What `/v1/files` and `/v1/batches` do; `answer_to` makes the body of each line's answer."""

    def __init__(self, status: str = "completed") -> None:
        self.status, self.uploaded, self.deleted = status, b"", [""]
        self.answer_to: Callable[[int, dict[str, Any]], Any] = lambda *_: says.response(
            json.dumps(answer())
        )

    def __call__(self, handler: Handler) -> None:
        self.deleted += [handler.path] if handler.command == "DELETE" else []
        if handler.path == "/v1/files":
            self.uploaded = handler.body
        handler.send(200, self._say(handler.path))

    def lines(self) -> list[dict[str, Any]]:
        found = [line for line in self.uploaded.split(b"\n") if line.startswith(b'{"custom_id"')]
        return [json.loads(line) for line in found]

    def _say(self, path: str) -> bytes:
        if path.endswith("/content"):
            return "".join(
                json.dumps(
                    {
                        "custom_id": line["custom_id"],
                        "response": {"status_code": 200, "body": self.answer_to(place, line)},
                    }
                )
                + "\n"
                for place, line in enumerate(self.lines())
            ).encode()
        if "files" in path:
            return json.dumps({"id": "file-1", "object": "file", "deleted": True}).encode()
        batch = {"id": "b-1", "object": "batch", "status": self.status, "output_file_id": "file-2"}
        return json.dumps(batch | {"input_file_id": "file-1", "created_at": 0}).encode()


def step(ledger: Ledger, server: ModelServer, do: Step, now: datetime = NOW) -> set[date]:
    async def once() -> set[date]:
        async with open_client(server.url, "k", retries=0) as client:
            grader = OpenAIGrader(client, "m-1", PRICES)
            reviewer = Reviewer(ledger, load_rubric(), lambda: now, grader, CAPS)
            return await do(reviewer, grader)

    return asyncio.run(once())


def send(ledger: Ledger, server: ModelServer, caps: Caps = CAPS) -> set[date]:
    return step(ledger, server, lambda one, grader: submit(one, grader, caps, SESSIONS))


def fetch(ledger: Ledger, server: ModelServer) -> set[date]:
    def read(wanted: list[Due]) -> list[Material]:
        ids = {due.session_id for due in wanted}
        return [one for one in SESSIONS if one.session_id in ids]

    return step(ledger, server, lambda one, grader: collect(one, grader, read))


def entries(ledger: Ledger) -> list[Entry]:
    found = [ledger.find(one.session_id, 1, load_rubric().name) for one in SESSIONS]
    return [entry for entry in found if entry]


def test_what_is_sent_waits_and_holds_no_names_and_is_not_stored(
    ledger: Ledger, server: ModelServer
) -> None:
    batches = BatchServer()
    server.say(batches)
    assert send(ledger, server) == {TODAY}
    assert [entry.reason for entry in entries(ledger)] == ["waiting"] * 3
    assert all(entry.next_try_at == NOW + timedelta(hours=26) for entry in entries(ledger))
    bodies = [line["body"] for line in batches.lines()]
    assert len(bodies) == 3 and not any(body["store"] for body in bodies)
    assert bodies[0]["text"]["format"]["schema"]["additionalProperties"] is False
    assert b"Okoro" not in batches.uploaded and b"s0" not in batches.uploaded


def test_a_batch_that_is_over_is_taken_in_at_half_the_price_and_deleted(
    ledger: Ledger, server: ModelServer
) -> None:
    batches = BatchServer()
    server.say(batches)
    send(ledger, server)
    assert fetch(ledger, server) == {TODAY}
    assert {(entry.grader, entry.status) for entry in entries(ledger)} == {("openai:m-1", "graded")}
    assert spent_on(ledger, TODAY).usd == pytest.approx(3 * 0.003 / 2)
    assert batches.deleted[1:] == ["/v1/files/file-1", "/v1/files/file-2"]
    assert fetch(ledger, server) == set()


def test_a_batch_under_way_is_left_alone(ledger: Ledger, server: ModelServer) -> None:
    server.say(BatchServer("in_progress"))
    send(ledger, server)
    assert fetch(ledger, server) == set()
    assert entries(ledger)[0].reason == "waiting"


def test_answers_of_a_batch_are_checked_one_by_one(ledger: Ledger, server: ModelServer) -> None:
    batches = BatchServer()
    lie = says.response(json.dumps(answer(findings=[finding("off_platform", 0, "Pay me cash")])))
    batches.answer_to = lambda place, _: [lie, {"output": "?"}, says.response("no JSON")][place]
    server.say(batches)
    send(ledger, server)
    fetch(ledger, server)
    found = [(entry.status, entry.reason) for entry in entries(ledger)]
    assert found == [("needs_person", None), ("pending", "nonsense"), ("pending", "nonsense")]


def test_a_batch_that_ran_out_costs_nothing_and_is_tried_again(
    ledger: Ledger, server: ModelServer
) -> None:
    batches = BatchServer("expired")
    server.say(batches)
    send(ledger, server)
    batches.uploaded = b""
    fetch(ledger, server)
    assert {(entry.status, entry.reason) for entry in entries(ledger)} == {("pending", "failed")}
    assert spent_on(ledger, TODAY).usd == 0


def test_a_server_that_takes_no_batch_costs_nothing(ledger: Ledger, server: ModelServer) -> None:
    server.say(says.fails(404))
    assert send(ledger, server) == set()
    assert spent_on(ledger, TODAY).usd == 0 and entries(ledger) == []


def test_only_what_the_caps_allow_is_sent(ledger: Ledger, server: ModelServer) -> None:
    batches = BatchServer()
    server.say(batches)
    send(ledger, server, Caps(day_usd=0.06, session_usd=1))
    assert 0 < len(batches.lines()) < 3 and spent_on(ledger, TODAY).usd <= 0.06
    assert len(entries(ledger)) == len(batches.lines())
