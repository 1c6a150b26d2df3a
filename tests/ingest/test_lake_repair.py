"""A repair sets aside what is damaged, and lets what was lost with it be sent again."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.errors import CannotStart
from core.settings import Settings
from ingest.app import create_app, opened
from ingest.drain import Drain
from ingest.lake_check import check_lake
from ingest.lake_repair import Repaired, repair_lake

pytestmark = pytest.mark.asyncio
Make = Callable[..., Any]


@pytest.fixture
def started(ingest_settings: Settings, ingest_token: Make) -> Make:
    """Gives a starter of the door, with a client to post to it and its drain, which is at rest."""

    @asynccontextmanager
    async def start(is_drained: bool = True) -> AsyncIterator[tuple[httpx.AsyncClient, Drain]]:
        app = create_app(ingest_settings)
        with opened(ingest_settings, lambda: None) as door:
            app.state.door = door
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(app),
                base_url="http://ingest.example",
                headers=ingest_token("ingest:write"),
            ) as client:
                yield client, door.drain
            if is_drained:
                await door.drain.drain_for(10)

    return start


def _repair(settings: Settings) -> Repaired:
    return repair_lake(settings.lake_dir, settings.journal_path, settings.data_dir / "damaged")


def _files(settings: Settings) -> list[Path]:
    return sorted((settings.lake_dir / "sessions").glob("received_on=2*/*.parquet"))


def _flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


async def test_what_a_damaged_file_held_can_be_sent_again(
    started: Make, make_session: Make, ingest_settings: Settings
) -> None:
    sessions = [make_session(f"s-{n}") for n in range(5)] + [make_session("s-1", version=2)]
    async with started() as (client, _):
        await client.post("/v1/sessions", json=sessions)
    [file] = _files(ingest_settings)
    _flip_a_bit(file)
    repaired = _repair(ingest_settings)
    assert repaired.lost == ["ss-0", "ss-1", "ss-1 2", "ss-2", "ss-3", "ss-4"]
    assert (repaired.folder / "lost.txt").read_text().split("\n")[:2] == ["ss-0", "ss-1"]
    assert (repaired.folder / file.relative_to(ingest_settings.lake_dir)).exists()
    assert check_lake(ingest_settings.lake_dir).faults == []
    async with started() as (client, _):
        answer = await client.post("/v1/sessions", json=sessions)
    assert answer.json()["accepted"] == 6
    assert check_lake(ingest_settings.lake_dir).faults == []
    assert check_lake(ingest_settings.lake_dir).records == 6


async def test_what_the_journal_holds_is_not_lost(
    started: Make, make_session: Make, ingest_settings: Settings
) -> None:
    async with started() as (client, _):
        await client.post("/v1/sessions", json=make_session("s-drained"))
    async with started(is_drained=False) as (client, _):
        await client.post("/v1/sessions", json=make_session("s-waits", version=7))
    _flip_a_bit(*_files(ingest_settings))
    assert _repair(ingest_settings).lost == ["ss-drained"]
    async with started() as (client, _):
        pass
    assert check_lake(ingest_settings.lake_dir).records == 1


async def test_a_damaged_row_of_the_journal_stops_the_drain_until_it_is_repaired(
    started: Make, make_session: Make, ingest_settings: Settings
) -> None:
    async with started(is_drained=False) as (client, _):
        await client.post("/v1/sessions", json=make_session("s-damaged"))
        await client.post("/v1/sessions", json=make_session("s-sound"))
    with closing(sqlite3.connect(ingest_settings.journal_path)) as journal, journal:
        [(packed,)] = journal.execute("SELECT packed FROM log WHERE first_seq = 1").fetchall()
        change = (packed[:-9] + b"?" + packed[-8:],)
        journal.execute("UPDATE log SET packed = ? WHERE first_seq = 1", change)
    async with started(is_drained=False) as (_, drain):
        await drain.drain_for(1)
        assert drain.is_failing
    assert _files(ingest_settings) == []
    repaired = _repair(ingest_settings)
    assert repaired.set_aside == ["1 records of the journal"]
    assert repaired.lost == ["ss-damaged"]
    async with started() as (client, _):
        answer = await client.post("/v1/sessions", json=make_session("s-damaged"))
    assert answer.json()["accepted"] == 1
    checked = check_lake(ingest_settings.lake_dir)
    assert (checked.records, checked.faults) == (2, [])


async def test_a_repair_that_was_cut_off_is_finished_by_the_next(
    started: Make, make_session: Make, ingest_settings: Settings
) -> None:
    async with started() as (client, _):
        await client.post("/v1/sessions", json=make_session("s-1"))
    [file] = _files(ingest_settings)
    file.unlink()  # it was moved, and no more
    assert _repair(ingest_settings).lost == ["ss-1"]


async def test_a_sound_lake_is_left_as_it_is(
    started: Make, make_session: Make, ingest_settings: Settings
) -> None:
    async with started() as (client, _):
        await client.post("/v1/sessions", json=make_session("s-1"))
    repaired = _repair(ingest_settings)
    assert (repaired.set_aside, repaired.lost) == ([], [])
    assert not repaired.folder.exists()


async def test_there_is_no_repair_while_ingest_runs(
    started: Make, ingest_settings: Settings
) -> None:
    async with started():
        with pytest.raises(CannotStart, match="Another ingest runs"):
            _repair(ingest_settings)
