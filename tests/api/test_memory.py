"""The same question to the same set is answered from memory, to the same caller only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from api.caller import Caller
from api.memory import AnswerMemory
from tests.api.conftest import Publish

DANA = Caller("dana", "Dana", "coach", True)
ANA = Caller("ana", "Ana", "analyst", True)


class Counting:
    """An application that says how often it was asked; some addresses have no set, or fail."""

    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        self.asked += 1
        body = str(self.asked).encode()
        await asyncio.sleep(0.02)
        headers = [(b"content-length", b"1"), (b"cache-control", b"private, no-cache")]
        if scope["path"] != "/v1/plain":
            headers.append((b"etag", b'"1-a"'))
        status = 404 if scope["path"] == "/v1/no" else 200
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class Asker:
    """Asks a memory over a counting application, as a caller whom the gate let in."""

    def __init__(self, pointer: Path) -> None:
        self.app = Counting()
        self._pointer = pointer
        self._memory = AnswerMemory(self.app, pointer)
        self.publish()

    def publish(self) -> None:
        draft = self._pointer.with_suffix(".draft")
        draft.write_text("a set")
        draft.replace(self._pointer)

    async def get(self, address: str, caller: Caller = DANA, **options: Any) -> httpx.Response:
        async def admitted(scope: Scope, receive: Receive, send: Send) -> None:
            await self._memory(scope | {"caller": caller}, receive, send)

        transport = httpx.ASGITransport(admitted)
        async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
            return await client.request(options.pop("method", "GET"), address, **options)


@pytest.fixture
def asker(tmp_path: Path) -> Asker:
    return Asker(tmp_path / "current.json")


@pytest.mark.asyncio
async def test_the_same_question_is_answered_once(asker: Asker) -> None:
    answers = [await asker.get("/v1/tutors?limit=2") for _ in range(3)]
    assert [answer.text for answer in answers] == ["1", "1", "1"]
    assert answers[0].headers == answers[2].headers
    assert (await asker.get("/v1/tutors?limit=3")).text == "2"


@pytest.mark.asyncio
async def test_who_asks_at_the_same_time_waits_for_the_first(asker: Asker) -> None:
    answers = await asyncio.gather(*(asker.get("/v1/tutors") for _ in range(20)))
    assert {answer.text for answer in answers} == {"1"}


@pytest.mark.asyncio
async def test_a_new_set_is_asked_anew(asker: Asker) -> None:
    await asker.get("/v1/tutors")
    asker.publish()
    assert (await asker.get("/v1/tutors")).text == "2"


@pytest.mark.asyncio
async def test_what_was_under_way_when_the_set_changed_is_not_kept(asker: Asker) -> None:
    under_way = asyncio.ensure_future(asker.get("/v1/tutors"))
    await asyncio.sleep(0.005)
    asker.publish()
    assert (await under_way).text == "1"
    assert (await asker.get("/v1/tutors")).text == "2"


@pytest.mark.asyncio
async def test_one_callers_answer_is_never_anothers(asker: Asker) -> None:
    assert (await asker.get("/v1/tutors")).text == "1"
    assert (await asker.get("/v1/tutors", ANA)).text == "2"


@pytest.mark.parametrize("path", ["/v1/no", "/v1/plain", "/v1/export/fct_flags.csv", "/dashboard/"])
@pytest.mark.asyncio
async def test_errors_and_what_is_of_no_set_are_not_kept(asker: Asker, path: str) -> None:
    assert [(await asker.get(path)).text for _ in range(2)] == ["1", "2"]


@pytest.mark.asyncio
async def test_only_reading_is_answered_from_memory(asker: Asker) -> None:
    await asker.get("/v1/tutors")
    assert (await asker.get("/v1/tutors", method="POST")).text == "2"


@pytest.mark.asyncio
async def test_who_holds_the_answer_is_told_so_from_memory(asker: Asker) -> None:
    await asker.get("/v1/tutors")
    answer = await asker.get("/v1/tutors", headers={"if-none-match": '"x", W/"1-a"'})
    assert (answer.status_code, answer.content) == (304, b"")
    assert (answer.headers["etag"], answer.headers["cache-control"]) == (
        '"1-a"',
        "private, no-cache",
    )
    assert asker.app.asked == 1


@pytest.mark.asyncio
async def test_without_a_pointer_nothing_is_kept(asker: Asker, tmp_path: Path) -> None:
    (tmp_path / "current.json").unlink()
    assert [(await asker.get("/v1/tutors")).text for _ in range(2)] == ["1", "2"]


def test_the_web_answers_a_known_question_with_the_same_bytes(
    stranger: TestClient, publish: Publish, make_token: Callable[[str], dict[str, str]]
) -> None:
    publish(1)
    headers = make_token("marts:read")
    first, again = (stranger.get("/v1/tutors?sort=score", headers=headers) for _ in range(2))
    assert (first.content, dict(first.headers)) == (again.content, dict(again.headers))
    assert stranger.get("/v1/tutors?sort=score").status_code == 401
