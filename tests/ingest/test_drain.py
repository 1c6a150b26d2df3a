from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI

from core.contract import Session
from core.lake import SESSIONS, read_watermark
from core.settings import Settings
from ingest import merge, tables
from ingest.drain import Drain

pytestmark = pytest.mark.asyncio
Make = Callable[..., Any]
URL = "/v1/sessions"


def _day(settings: Settings, dataset: str = "sessions") -> Path:
    [folder] = set((settings.lake_dir / dataset).iterdir()) - {
        settings.lake_dir / dataset / "received_on=1970-01-01"
    }
    return folder


async def _post(client: httpx.AsyncClient, *records: dict[str, Any]) -> None:
    assert (await client.post(URL, json=list(records))).json()["accepted"] == len(records)


async def test_a_drained_session_has_its_fields_and_landing_columns(
    ingest_client: httpx.AsyncClient, ingest_app: FastAPI, make_session: Make, read_lake: Make
) -> None:
    moved = {"initiator": "tutor", "requested_at": "2026-11-20T10:00:00Z", "reason": "ill"}
    await _post(ingest_client, make_session(reschedule=moved, student_rating=4, mood="good"))
    await ingest_app.state.door.drain.drain_once()
    [row] = read_lake("sessions")
    assert (row["ingest_seq"], row["sender"], row["version"]) == (1, "rails", 1)
    assert row["scheduled_start"] == datetime(2026, 11, 22, 21, tzinfo=UTC)
    assert row["reschedule"]["reason"] == "ill"
    assert (row["student_rating"], orjson.loads(row["extra"])) == (4, {"mood": "good"})
    assert list(row)[: len(SESSIONS.columns)] == list(SESSIONS.columns)


async def test_a_key_in_other_letters_is_an_unknown_field(
    ingest_client: httpx.AsyncClient, ingest_app: FastAPI, make_session: Make, read_lake: Make
) -> None:
    await _post(ingest_client, make_session(subject="maths", Subject="art", ingest_seq=9))
    await ingest_app.state.door.drain.drain_once()
    [row] = read_lake("sessions")
    assert (row["subject"], row["ingest_seq"]) == ("maths", 1)
    assert orjson.loads(row["extra"]) == {"Subject": "art", "ingest_seq": 9}


async def test_student_text_goes_to_a_dataset_of_its_own(
    ingest_client: httpx.AsyncClient, ingest_app: FastAPI, make_session: Make, read_lake: Make
) -> None:
    talk = [{"speaker": "tutor", "text": "hello", "at_seconds": 1.5}]
    await _post(ingest_client, make_session("a"), make_session("b", transcript=talk))
    await ingest_app.state.door.drain.drain_once()
    [row] = read_lake("transcripts")
    assert (row["session_id"], row["transcript"]) == ("b", talk)
    assert not {"transcript", "student_feedback", "tutor_notes"} & set(read_lake("sessions")[0])


async def test_other_kinds_reach_their_datasets(
    ingest_client: httpx.AsyncClient, ingest_app: FastAPI, read_lake: Make
) -> None:
    tutor = {"tutor_id": "t", "display_name": "A", "started_on": "2025-02-03", "time_zone": "UTC"}
    await ingest_client.post("/v1/tutors", json=tutor | {"subjects": ["art"]})
    action = {"action_id": "a", "flag_id": "f", "action": "snooze", "until": "2026-12-01T00:00Z"}
    await ingest_client.post("/v1/flag-actions", json=action)
    await ingest_app.state.door.drain.drain_once()
    assert read_lake("tutors")[0]["subjects"] == ["art"]
    assert read_lake("flag_actions")[0]["until"] == datetime(2026, 12, 1, tzinfo=UTC)


async def test_the_watermark_follows_and_the_journal_is_trimmed(
    ingest_client: httpx.AsyncClient,
    ingest_app: FastAPI,
    make_session: Make,
    ingest_settings: Settings,
) -> None:
    await _post(ingest_client, make_session("a"), make_session("b"))
    await ingest_app.state.door.drain.drain_once()
    details = (await ingest_client.get("/readyz")).json()
    assert read_watermark(ingest_settings.lake_dir).ingest_seq == details["drained_seq"] == 2


async def test_later_drains_add_to_the_same_file(
    ingest_client: httpx.AsyncClient,
    ingest_app: FastAPI,
    make_session: Make,
    read_lake: Make,
    ingest_settings: Settings,
) -> None:
    for key in "abc":
        await _post(ingest_client, make_session(key))
        await ingest_app.state.door.drain.drain_once()
    assert [row["session_id"] for row in read_lake("sessions")] == ["a", "b", "c"]
    assert [p.name for p in _day(ingest_settings).glob("*.parquet")] == ["part-0000.parquet"]


async def test_a_backlog_is_drained_in_slices(
    ingest_client: httpx.AsyncClient,
    ingest_app: FastAPI,
    make_session: Make,
    read_lake: Make,
    ingest_settings: Settings,
) -> None:
    for key in "abcd":
        await _post(ingest_client, make_session(key))
    door = ingest_app.state.door
    small = Drain(door.journal, door.drain._merger, ingest_settings.lake_dir, 1, max_bytes=1)
    assert await small.drain_once()
    assert len(read_lake("sessions")) == 1
    await small.drain_for(seconds=10)
    assert len(read_lake("sessions")) == 4


@pytest.mark.parametrize("is_trimmed", [False, True])
async def test_a_drain_cut_off_before_the_trim_is_done_again_without_change(
    ingest_client: httpx.AsyncClient,
    ingest_app: FastAPI,
    make_session: Make,
    read_lake: Make,
    monkeypatch: pytest.MonkeyPatch,
    is_trimmed: bool,
) -> None:
    door = ingest_app.state.door
    await _post(ingest_client, make_session("a", tutor_notes="x"), make_session("b"))
    waiting = await door.journal.run(partial(tables.backlog, max_bytes=10**6))
    plan = await door.drain._fix_plan(waiting.rows)
    await asyncio.to_thread(door.drain._move, waiting.rows, plan)
    monkeypatch.setattr(merge, "_MOST_ROWS", 1)  # the file counts as full now: still the same one
    await _post(ingest_client, make_session("c"))
    before = read_lake("sessions")
    if is_trimmed:
        await door.journal.run(partial(tables.trim, upto=plan.upto))
    else:
        assert await door.drain.drain_once()
    assert (read_lake("sessions"), len(read_lake("transcripts"))) == (before, 1)
    await door.drain.drain_once()
    assert [row["session_id"] for row in read_lake("sessions")] == ["a", "b", "c"]


async def test_a_full_file_is_followed_by_the_next_part(
    ingest_client: httpx.AsyncClient,
    ingest_app: FastAPI,
    make_session: Make,
    monkeypatch: pytest.MonkeyPatch,
    ingest_settings: Settings,
) -> None:
    monkeypatch.setattr(merge, "_MOST_ROWS", 2)
    for key in "abc":
        await _post(ingest_client, make_session(key))
        await ingest_app.state.door.drain.drain_once()
    names = sorted(path.name for path in _day(ingest_settings).glob("*.parquet"))
    assert names == ["part-0000.parquet", "part-0001.parquet"]


ODD_TIMES = [
    "2026-11-22 16:00:00-05:00",
    "2026-11-22T16:00-05:00",
    "2026-11-22T16:00:00.123456789-05:00",
    "2026-11-22T16:00:00+0530",
    "2026-11-22t16:00:00z",
    "2026-11-22T16:00:00,5Z",
    "2026-11-22T16:00:00\N{MINUS SIGN}05:00",
]


async def test_odd_but_valid_times_are_never_lost_and_never_block(
    ingest_client: httpx.AsyncClient, ingest_app: FastAPI, make_session: Make, read_lake: Make
) -> None:
    odd = [make_session(f"odd-{n}", booked_at=time, x=n) for n, time in enumerate(ODD_TIMES)]
    await _post(ingest_client, make_session("plain"), *odd)
    assert not await ingest_app.state.door.drain.drain_once()
    rows = read_lake("sessions")
    accepted = [Session.model_validate_json(orjson.dumps(session)).booked_at for session in odd]
    assert [row["booked_at"] for row in rows] == [None, *accepted]
    assert orjson.loads(rows[3]["extra"]) == {"x": 2}


async def test_a_drain_that_fails_takes_readiness_down_until_it_works_again(
    ingest_client: httpx.AsyncClient,
    ingest_app: FastAPI,
    make_session: Make,
    read_lake: Make,
    ingest_settings: Settings,
) -> None:
    await _post(ingest_client, make_session())
    obstacle = ingest_settings.journal_path.parent / "drain.ndjson"
    obstacle.mkdir()
    await ingest_app.state.door.drain.drain_for(1)
    answer = await ingest_client.get("/readyz")
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["drain_failing"])
    obstacle.rmdir()
    await ingest_app.state.door.drain.drain_for(1)
    assert (await ingest_client.get("/readyz")).status_code == 200
    assert len(read_lake("sessions")) == 1
