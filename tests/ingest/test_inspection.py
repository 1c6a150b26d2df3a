"""What those see who look after ingest: receipts, what was refused, and figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from ingest import records

pytestmark = pytest.mark.asyncio
Make = Callable[..., Any]
URL = "/v1/sessions"


async def _drain(app: FastAPI) -> None:
    await app.state.door.drain.drain_for(10)


async def test_a_receipt_tells_every_version_and_where_it_lies(
    ingest_client: httpx.AsyncClient, ingest_app: FastAPI, make_session: Make
) -> None:
    await ingest_client.post(URL, json=make_session("a"), headers={"X-Request-Id": "req-1"})
    await _drain(ingest_app)
    await ingest_client.post(URL, json=[make_session("a", version=12), make_session("ab")])
    first, second = (await ingest_client.get(f"{URL}/a/receipt")).json()["versions"]
    assert (first["version"], first["request_id"], first["sender"]) == (1, "req-1", "rails")
    assert first["file"].startswith("sessions/received_on=") and first["is_in_lake"]
    assert second == {"version": 12, "is_in_lake": False}


async def test_a_session_never_seen_has_no_receipt(ingest_client: httpx.AsyncClient) -> None:
    answer = await ingest_client.get(f"{URL}/nobody/receipt")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_what_was_refused_is_listed_without_what_it_says(
    ingest_client: httpx.AsyncClient, make_session: Make
) -> None:
    bad = [make_session(f"s-{n}", status="done", tutor_notes="PRIVATE-7f3a") for n in range(3)]
    await ingest_client.post(URL, json=bad)
    page = (await ingest_client.get("/v1/quarantine?limit=2")).json()
    assert [item["errors"][0]["pointer"] for item in page["items"]] == ["/status", "/status"]
    rest = await ingest_client.get(f"/v1/quarantine?limit=2&after={page['next']}")
    assert (len(rest.json()["items"]), rest.json()["next"]) == (1, None)
    assert "PRIVATE-7f3a" not in str(page) + rest.text


async def test_the_bytes_of_a_refused_record_come_back_as_they_were_sent(
    ingest_client: httpx.AsyncClient,
) -> None:
    raw = b'{"session_id" : "x", "mood": "\xff"}'
    post = {"content": b"{}\n" + raw, "headers": {"Content-Type": "application/x-ndjson"}}
    await ingest_client.post(URL, **post)
    items = (await ingest_client.get("/v1/quarantine")).json()["items"]
    assert (await ingest_client.get(f"/v1/quarantine/{items[1]['id']}")).content == raw
    assert (await ingest_client.get("/v1/quarantine/99")).status_code == 404


async def test_after_a_fix_what_was_refused_is_stored_once_and_leaves(
    ingest_client: httpx.AsyncClient,
    ingest_app: FastAPI,
    make_session: Make,
    read_lake: Make,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch = [make_session("a", student_rating="5"), make_session("b", status="done")]
    await ingest_client.post(f"{URL}?backfill=true", json=batch)
    kind = records.KINDS["sessions"]
    monkeypatch.setitem(kind.__dict__, "validate", _lenient(kind.validate))
    first = (await ingest_client.post("/v1/quarantine/replay")).json()
    assert (first["accepted"], first["rejected"], first["has_more"]) == (1, 1, False)
    again = (await ingest_client.post("/v1/quarantine/replay")).json()
    assert (again["accepted"], again["rejected"]) == (0, 1)
    await _drain(ingest_app)
    assert [(row["session_id"], row["is_backfill"]) for row in read_lake("sessions")] == [
        ("a", True)
    ]


def _lenient(validate: Make) -> Callable[[bytes], object]:
    """Stands for a contract that has come to take numbers in quotes."""

    def check(raw: bytes) -> object:
        return validate(raw.replace(b'"5"', b"5"))

    return check


@pytest.mark.parametrize(
    "path", [f"{URL}/a/receipt", "/v1/quarantine", "/v1/quarantine/1", "/metrics"]
)
async def test_nothing_is_read_without_the_scope(
    ingest_client: httpx.AsyncClient, ingest_token: Make, path: str
) -> None:
    assert (await ingest_client.get(path, headers=ingest_token("ingest:write"))).status_code == 403
    replay = await ingest_client.post("/v1/quarantine/replay", headers=ingest_token("ingest:read"))
    assert replay.status_code == 403
    del ingest_client.headers["Authorization"]
    assert (await ingest_client.get(path)).status_code == 401


async def test_figures_tell_what_came_in_and_how_far_the_drain_is(
    ingest_client: httpx.AsyncClient, ingest_app: FastAPI, make_session: Make
) -> None:
    await ingest_client.post(URL, json=[make_session("a"), make_session("b", status="done")])
    await ingest_client.post(URL, json=make_session("a"))
    await ingest_client.post(f"{URL}?dry_run=true", json=make_session("c"))
    text = (await ingest_client.get("/metrics")).text
    assert 'ingest_accepted_total{kind="sessions"} 1.0' in text
    assert 'ingest_duplicates_total{kind="sessions"} 1.0' in text
    assert 'ingest_rejected_total{code="literal_error",kind="sessions"} 1.0' in text
    assert "ingest_commit_seconds_bucket" in text and "ingest_disk_free_bytes" in text
    assert _figure(text, "ingest_drain_lag_seconds") > 0
    await _drain(ingest_app)
    assert _figure((await ingest_client.get("/metrics")).text, "ingest_drain_lag_seconds") == 0


@pytest.mark.parametrize("path", ["/v1/quarantine?limit=0", "/v1/quarantine/PRIVATE-7f3a"])
async def test_a_wrong_parameter_is_a_problem_that_names_it(
    ingest_client: httpx.AsyncClient, path: str
) -> None:
    answer = await ingest_client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert "limit" in answer.text or "record_id" in answer.text
    assert "PRIVATE-7f3a" not in answer.text


def _figure(text: str, name: str) -> float:
    [line] = [line for line in text.splitlines() if line.startswith(f"{name} ")]
    return float(line.split()[1])
