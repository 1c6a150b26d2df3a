from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI

pytestmark = pytest.mark.asyncio
Make = Callable[..., Any]
URL = "/v1/sessions"


async def _waiting(app: FastAPI) -> int:
    counts = await app.state.door.journal.run(
        lambda sql: sql.execute("SELECT coalesce(sum(n), 0) FROM log").fetchone()
    )
    return int(counts[0])


async def test_a_session_is_accepted_and_stored(
    ingest_client: httpx.AsyncClient, ingest_app: FastAPI, make_session: Make
) -> None:
    answer = await ingest_client.post(URL, json=make_session())
    assert answer.status_code == 202
    assert answer.json() == {
        "accepted": 1,
        "duplicates": 0,
        "rejected": [],
        "request_id": answer.headers["x-request-id"],
    }
    assert await _waiting(ingest_app) == 1


async def test_an_array_and_ndjson_are_accepted(
    ingest_client: httpx.AsyncClient, make_session: Make, ndjson: Make
) -> None:
    array = await ingest_client.post(URL, json=[make_session("a"), make_session("b")])
    lines = await ingest_client.post(URL, **ndjson([make_session("c"), make_session("d")]))
    assert array.json()["accepted"] == lines.json()["accepted"] == 2


async def test_a_pretty_printed_array_is_stored_as_lines(
    ingest_client: httpx.AsyncClient, ingest_app: FastAPI, make_session: Make, read_lake: Make
) -> None:
    body = orjson.dumps([make_session("a"), make_session("b")], option=orjson.OPT_INDENT_2)
    await ingest_client.post(URL, content=body, headers={"Content-Type": "application/json"})
    await ingest_app.state.door.drain.drain_once()
    assert [row["session_id"] for row in read_lake("sessions")] == ["a", "b"]


async def test_gzip_is_inflated(
    ingest_client: httpx.AsyncClient, make_session: Make, ndjson: Make
) -> None:
    post = ndjson([make_session("a"), make_session("b")])
    half = len(post["content"]) // 2
    post["content"] = b"".join(map(gzip.compress, [post["content"][:half], post["content"][half:]]))
    post["headers"]["Content-Encoding"] = "gzip"
    assert (await ingest_client.post(URL, **post)).json()["accepted"] == 2


async def test_tutors_and_flag_actions_are_accepted(ingest_client: httpx.AsyncClient) -> None:
    tutor = {
        "tutor_id": "t-1",
        "display_name": "R. Alvarez",
        "started_on": "2025-02-03",
        "time_zone": "America/Chicago",
    }
    action = {"action_id": "a-1", "flag_id": "f-1", "action": "note", "note": "called"}
    assert (await ingest_client.post("/v1/tutors", json=tutor)).status_code == 202
    assert (await ingest_client.post("/v1/flag-actions", json=action)).status_code == 202


async def test_the_same_content_in_another_key_order_is_a_duplicate(
    ingest_client: httpx.AsyncClient, make_session: Make
) -> None:
    session = make_session(sent_at="2026-11-22T22:00:00Z")
    await ingest_client.post(URL, json=session)
    again = dict(reversed(session.items())) | {"version": 1, "sent_at": "2026-11-22T23:00:00Z"}
    answer = await ingest_client.post(URL, json=again)
    assert (answer.status_code, answer.json()["duplicates"]) == (202, 1)


async def test_other_content_under_the_same_key_is_a_conflict(
    ingest_client: httpx.AsyncClient, ingest_app: FastAPI, make_session: Make, quarantined: Make
) -> None:
    await ingest_client.post(URL, json=make_session())
    answer = await ingest_client.post(URL, json=make_session(status="no_show"))
    assert answer.status_code == 409
    assert answer.json()["rejected"][0]["errors"][0]["code"] == "conflict"
    assert await _waiting(ingest_app) == 1
    assert len(await quarantined()) == 1


async def test_other_versions_are_stored_whatever_their_order(
    ingest_client: httpx.AsyncClient, make_session: Make
) -> None:
    versions = [make_session(version=version, subject=str(version)) for version in (2, 1, 3)]
    assert (await ingest_client.post(URL, json=versions)).json()["accepted"] == 3


async def test_repeats_inside_one_batch_are_told_apart(
    ingest_client: httpx.AsyncClient, make_session: Make
) -> None:
    batch = [make_session("a"), make_session("a"), make_session("a", status="no_show")]
    answer = (await ingest_client.post(URL, json=batch)).json()
    assert (answer["accepted"], answer["duplicates"]) == (1, 1)
    assert [row["index"] for row in answer["rejected"]] == [2]


async def test_the_good_rows_of_a_batch_are_kept(
    ingest_client: httpx.AsyncClient, make_session: Make, ndjson: Make, quarantined: Make
) -> None:
    post = ndjson([make_session("a"), make_session("b", status="done"), make_session("c")])
    post["content"] += b'\n{"broken'
    answer = await ingest_client.post(URL, **post)
    rejected = answer.json()["rejected"]
    assert (answer.status_code, answer.json()["accepted"]) == (202, 2)
    assert [(row["index"], row["session_id"]) for row in rejected] == [(1, "b"), (3, None)]
    assert [row["raw"] for row in await quarantined()] == [
        post["content"].split(b"\n")[1],
        b'{"broken',
    ]


async def test_quarantine_says_who_when_and_why(
    ingest_client: httpx.AsyncClient, make_session: Make, quarantined: Make
) -> None:
    headers = {"X-Request-Id": "req-7"}
    await ingest_client.post(URL, json=make_session(status="done"), headers=headers)
    [row] = await quarantined()
    assert (row["kind"], row["sender"], row["request_id"]) == ("sessions", "rails", "req-7")
    assert orjson.loads(row["errors"])[0]["pointer"] == "/status"
    assert row["received_at"].endswith("+00:00")


async def test_strict_stores_all_or_nothing(
    ingest_client: httpx.AsyncClient, ingest_app: FastAPI, make_session: Make, quarantined: Make
) -> None:
    batch = [make_session("a"), make_session("b", status="done")]
    strict = {"Prefer": "handling=strict"}
    answer = await ingest_client.post(URL, json=batch, headers=strict)
    assert (answer.status_code, answer.json()["accepted"]) == (422, 0)
    assert (await _waiting(ingest_app), await quarantined()) == (0, [])
    good = await ingest_client.post(URL, json=[make_session("a")], headers=strict)
    assert good.status_code == 202


async def test_strict_takes_nothing_when_one_row_conflicts(
    ingest_client: httpx.AsyncClient, ingest_app: FastAPI, make_session: Make
) -> None:
    await ingest_client.post(URL, json=make_session("a"))
    batch = [make_session("new"), make_session("a", status="no_show")]
    answer = await ingest_client.post(URL, json=batch, headers={"Prefer": "handling=strict"})
    assert (answer.status_code, answer.json()["accepted"]) == (409, 0)
    assert await _waiting(ingest_app) == 1


async def test_a_dry_run_answers_alike_and_stores_nothing(
    ingest_client: httpx.AsyncClient, ingest_app: FastAPI, make_session: Make, quarantined: Make
) -> None:
    batch = [make_session("a"), make_session("b", status="done")]
    answer = await ingest_client.post(f"{URL}?dry_run=true", json=batch)
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    assert (await _waiting(ingest_app), await quarantined()) == (0, [])
    assert (await ingest_client.post(URL, json=batch)).json()["duplicates"] == 0


async def test_backfill_marks_the_rows(
    ingest_client: httpx.AsyncClient, ingest_app: FastAPI, make_session: Make, read_lake: Make
) -> None:
    await ingest_client.post(f"{URL}?backfill=true", json=make_session("old"))
    await ingest_client.post(URL, json=make_session("live"))
    await ingest_app.state.door.drain.drain_once()
    assert [row["is_backfill"] for row in read_lake("sessions")] == [True, False]


async def test_a_safe_request_id_comes_back_and_an_unsafe_one_does_not(
    ingest_client: httpx.AsyncClient,
) -> None:
    safe = await ingest_client.get("/healthz", headers={"X-Request-Id": "rails:42"})
    unsafe = await ingest_client.get("/healthz", headers={"X-Request-Id": "<b>42</b>"})
    assert safe.headers["x-request-id"] == "rails:42"
    assert "<" not in unsafe.headers["x-request-id"]


async def test_readiness_gives_details_only_to_a_reader(
    ingest_client: httpx.AsyncClient, ingest_token: Make, make_session: Make
) -> None:
    await ingest_client.post(URL, json=make_session())
    details = (await ingest_client.get("/readyz")).json()
    assert (details["accepted_seq"], details["drained_seq"], details["reasons"]) == (1, 0, [])
    writer = await ingest_client.get("/readyz", headers=ingest_token("ingest:write"))
    assert writer.status_code == 403
    del ingest_client.headers["Authorization"]
    assert (await ingest_client.get("/readyz")).json() == {"status": "ready"}


async def test_too_many_waiting_records_are_sent_back_for_later(
    ingest_client: httpx.AsyncClient, ingest_app: FastAPI, make_session: Make
) -> None:
    ingest_app.state.door.journal.waiting = 10**6
    answer = await ingest_client.post(URL, json=make_session())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    ingest_app.state.door.journal.waiting = 0
    assert (await ingest_client.post(URL, json=make_session())).status_code == 202
