"""An Idempotency-Key: the same answer to the same request, whatever became known meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

pytestmark = pytest.mark.asyncio
Make = Callable[..., Any]
URL = "/v1/sessions"
KEY = {"Idempotency-Key": "key-1"}


async def test_a_retry_hears_what_the_first_was_told(
    ingest_client: httpx.AsyncClient, make_session: Make
) -> None:
    await ingest_client.post(URL, json=make_session("known"))
    batch = [make_session("a"), make_session("b", status="done"), make_session("known", version=2)]
    batch.append(make_session("known", subject="art"))
    first = await ingest_client.post(URL, json=batch, headers=KEY)
    again = await ingest_client.post(URL, json=batch, headers=KEY)
    told = ("accepted", "duplicates", "rejected")
    assert [first.json()[name] for name in told] == [again.json()[name] for name in told]
    assert (first.json()["accepted"], len(first.json()["rejected"])) == (2, 2)
    assert first.headers["idempotency-key"] == again.headers["idempotency-key"] == "key-1"
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"


async def test_a_repeated_request_leaves_nothing_twice(
    ingest_client: httpx.AsyncClient, make_session: Make, quarantined: Make
) -> None:
    for _ in range(3):
        answer = await ingest_client.post(URL, json=make_session(status="done"), headers=KEY)
        assert answer.status_code == 422
    assert len(await quarantined()) == 1


async def test_another_body_under_the_same_key_is_refused(
    ingest_client: httpx.AsyncClient, make_session: Make
) -> None:
    await ingest_client.post(URL, json=make_session("a"), headers=KEY)
    answer = await ingest_client.post(URL, json=make_session("b"), headers=KEY)
    assert answer.status_code == 422 and "new key" in answer.json()["detail"]
    assert (await ingest_client.get("/readyz")).json()["accepted_seq"] == 1


async def test_at_the_same_time_one_is_stored_and_all_hear_the_same(
    ingest_client: httpx.AsyncClient, make_session: Make
) -> None:
    posts = (ingest_client.post(URL, json=make_session(), headers=KEY) for _ in range(20))
    answers = await asyncio.gather(*posts)
    assert {answer.json()["accepted"] for answer in answers} == {1}
    assert (await ingest_client.get("/readyz")).json()["accepted_seq"] == 1


async def test_known_records_beside_a_new_key_are_told_apart(
    ingest_client: httpx.AsyncClient, make_session: Make
) -> None:
    await ingest_client.post(URL, json=make_session("a"))
    batch = [make_session("a"), make_session("b")]
    posts = [
        ingest_client.post(URL, json=batch, headers={"Idempotency-Key": f"k-{n}"}) for n in range(3)
    ]
    answers = [answer.json() for answer in await asyncio.gather(*posts)]
    assert sum(answer["accepted"] for answer in answers) == 1
    assert sum(answer["duplicates"] for answer in answers) == 5


async def test_keys_are_each_senders_own(
    ingest_client: httpx.AsyncClient, ingest_app: FastAPI, make_session: Make
) -> None:
    await ingest_client.post(URL, json=make_session("a"), headers=KEY)
    await ingest_app.state.door.journal.run(
        lambda sql: sql.execute("UPDATE answers SET sender = 'somebody else'").fetchall()
    )
    answer = await ingest_client.post(URL, json=make_session("b"), headers=KEY)
    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)


async def test_a_dry_run_uses_up_no_key(
    ingest_client: httpx.AsyncClient, make_session: Make
) -> None:
    await ingest_client.post(f"{URL}?dry_run=true", json=make_session(), headers=KEY)
    answer = await ingest_client.post(URL, json=make_session(), headers=KEY)
    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)


@pytest.mark.parametrize("key", ["", '""', "x" * 256, "caf\xe9"])
async def test_a_key_that_is_no_key_is_refused(
    ingest_client: httpx.AsyncClient, make_session: Make, key: str
) -> None:
    headers = [(b"idempotency-key", key.encode("latin-1"))]
    answer = await ingest_client.post(URL, json=make_session(), headers=headers)
    assert answer.status_code == 422 and "255" in answer.json()["detail"]
