"""The real process: how it starts, refuses to start, ends, and what survives when it is killed."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from core.errors import CannotStart
from core.settings import Settings, load_settings
from ingest.app import create_app, opened

Make = Callable[..., Any]


def test_a_second_instance_on_the_same_folder_cannot_start(ingest_settings: Settings) -> None:
    with (
        opened(ingest_settings, _nothing),
        pytest.raises(CannotStart, match="Another ingest runs"),
        opened(ingest_settings, _nothing),
    ):
        pass


def test_the_folder_is_free_again_after_the_end(ingest_settings: Settings) -> None:
    for _ in range(2):
        with opened(ingest_settings, _nothing) as door:
            assert not door.journal.has_failed


@pytest.mark.parametrize("obstacle", ["data", "data/journal", "data/lake", "data/secrets"])
def test_a_folder_that_cannot_be_written_cannot_start(tmp_path: Path, obstacle: str) -> None:
    (tmp_path / obstacle).parent.mkdir(exist_ok=True)
    (tmp_path / obstacle).write_text("a file where a folder should be")
    settings = load_settings(data_dir=tmp_path / "data")
    with pytest.raises(CannotStart, match="Cannot write to"), opened(settings, _nothing):
        pass


def test_a_port_in_use_is_one_clear_line_and_exit_code_78(
    ingest_process: Make, ingest_settings: Settings
) -> None:
    taken = socket.create_server(("127.0.0.1", ingest_settings.ingest_port))
    with taken, ingest_process(is_up=False) as process:
        _, errors = process.communicate(timeout=20)
    [line] = errors.decode().splitlines()
    assert line.startswith("Cannot start: Cannot listen on 127.0.0.1:")
    assert process.returncode == 78


def _nothing() -> None:
    """Stands for the end of the process, which no test here should reach."""


def test_sigterm_drains_everything_and_says_nothing_of_its_content(
    ingest_process: Make,
    ingest_settings: Settings,
    ingest_token: Make,
    make_session: Make,
    read_lake: Make,
) -> None:
    sessions = [make_session(f"s-{n}", tutor_notes="PRIVATE-7f3a") for n in range(500)]
    with ingest_process() as process:
        url, headers = f"{ingest_settings.ingest_url}/v1/sessions", ingest_token("ingest:write")
        httpx.post(url, json=sessions, headers=headers).raise_for_status()
        refused = httpx.post(url, json={"tutor_notes": "PRIVATE-7f3a"}, headers=headers)
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=10)
    assert len(read_lake("sessions")) == len(read_lake("transcripts")) == 500
    events = [json.loads(line) for line in log.splitlines()]
    assert [event["records"] for event in events if event["event"] == "drained"] == [500]
    [told] = [event for event in events if event["event"] == "refused"]
    assert told["request_id"] == refused.headers["x-request-id"]
    assert (told["status"], told["kind"]) == (422, "sessions")
    assert b"PRIVATE-7f3a" not in log and b"Traceback" not in log


def test_nothing_acknowledged_is_lost_or_doubled_by_five_kills(
    ingest_process: Make,
    ingest_settings: Settings,
    ingest_token: Make,
    make_session: Make,
    ndjson: Make,
    read_lake: Make,
) -> None:
    chance, acknowledged, unknown = random.Random(7), set[str](), set[str]()
    url, token = f"{ingest_settings.ingest_url}/v1/sessions", ingest_token("ingest:write")
    for life in range(5):
        with ingest_process(drain_seconds=0.01) as process:
            for batch in range(chance.randrange(5, 30)):
                keys = {f"s-{life}-{batch}-{n}" for n in range(20)} | unknown
                post = ndjson([make_session(key) for key in sorted(keys)])
                post["headers"] |= token
                httpx.post(url, **post).raise_for_status()
                acknowledged, unknown = acknowledged | keys, set()
            unknown = {f"s-{life}-last"}
            if _kill_while_posting(process, url, token, make_session(f"s-{life}-last")):
                acknowledged |= unknown
    with opened(ingest_settings, _nothing) as door:
        asyncio.run(door.drain.drain_for(10))
    stored = [row["session_id"] for row in read_lake("sessions")]
    assert len(stored) == len(set(stored))
    assert acknowledged <= set(stored) <= acknowledged | unknown


def _kill_while_posting(
    process: subprocess.Popen[bytes], url: str, token: dict[str, str], session: dict[str, Any]
) -> bool:
    killer = threading.Timer(0.003, process.kill)
    killer.start()
    with suppress(httpx.TransportError):
        return httpx.post(url, json=session, headers=token).status_code == 202
    return False


@pytest.mark.asyncio
async def test_what_was_not_drained_is_there_after_a_restart(
    ingest_settings: Settings, make_session: Make, ingest_token: Make, read_lake: Make
) -> None:
    for expected in ({"accepted": 2, "duplicates": 0}, {"accepted": 0, "duplicates": 2}):
        app = create_app(ingest_settings, on_disk_failure=lambda: None)
        async with app.router.lifespan_context(app):
            answer = await _post(app, [make_session("a"), make_session("b")], ingest_token)
        assert answer.json().items() >= expected.items()
    assert [row["ingest_seq"] for row in read_lake("sessions")] == [1, 2]


async def _post(app: FastAPI, sessions: list[dict[str, Any]], token: Make) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://ingest.example") as client:
        return await client.post("/v1/sessions", json=sessions, headers=token("ingest:write"))
