"""A check of the lake finds what is damaged, missing or there twice, and nothing else."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from core import lake
from core.settings import Settings
from ingest.lake_check import Checked, check_lake

pytestmark = pytest.mark.asyncio
Make = Callable[..., Any]
TUTOR = {"tutor_id": "t", "display_name": "A", "started_on": "2025-02-03", "time_zone": "UTC"}


@pytest_asyncio.fixture
async def drained(
    ingest_client: httpx.AsyncClient,
    ingest_app: FastAPI,
    make_session: Make,
    ingest_settings: Settings,
) -> Path:
    """A lake with 20 sessions, their notes, and a tutor; gives the file of the sessions."""
    sessions = [make_session(f"s-{n}", tutor_notes="some words " * 50) for n in range(20)]
    await ingest_client.post("/v1/sessions", json=sessions[:10])
    await ingest_client.post("/v1/tutors", json=TUTOR)
    await ingest_client.post("/v1/sessions", json=sessions[10:])
    await ingest_app.state.door.drain.drain_for(10)
    [file] = (ingest_settings.lake_dir / "sessions").glob("received_on=2*/*.parquet")
    return file


def _check(settings: Settings) -> Checked:
    return check_lake(settings.lake_dir)


async def test_a_sound_lake_has_no_faults(drained: Path, ingest_settings: Settings) -> None:
    assert drained.exists()
    checked = _check(ingest_settings)
    assert (checked.records, checked.faults) == (21, [])
    assert checked.files == 3 + 4  # and one without rows in each of the four datasets


async def test_an_empty_lake_has_no_faults(ingest_settings: Settings) -> None:
    assert _check(ingest_settings).faults == []


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
async def test_a_flipped_bit_in_any_place_is_found(
    drained: Path, ingest_settings: Settings, share: float
) -> None:
    [notes] = (ingest_settings.lake_dir / "transcripts").glob("received_on=2*/*.parquet")
    for path in (drained, notes):
        content = bytearray(path.read_bytes())
        content[int(len(content) * share)] ^= 0x55
        path.write_bytes(content)
    faults = _check(ingest_settings).faults
    assert any("sessions/" in fault and "is damaged" in fault for fault in faults), faults


async def test_a_cut_off_file_is_damaged_and_its_records_are_missing(
    drained: Path, ingest_settings: Settings
) -> None:
    drained.write_bytes(drained.read_bytes()[:-100])
    assert _check(ingest_settings).faults == [
        f"sessions/{drained.parent.name}/{drained.name} is damaged.",
        "Records 1 to 10 are missing.",
        "Records 12 to 21 are missing.",
    ]


async def test_a_file_copied_beside_itself_is_told(
    drained: Path, ingest_settings: Settings
) -> None:
    for suffix in (".parquet", ".sha256"):
        shutil.copy(drained.with_suffix(suffix), drained.with_name("part-0001" + suffix))
    assert _check(ingest_settings).faults == [
        "20 record numbers are there more than once.",
        "20 sessions are there more than once with the same version.",
    ]


async def test_records_taken_out_are_missing(drained: Path, ingest_settings: Settings) -> None:
    with duckdb.connect() as connection:
        kept = f"SELECT * FROM '{drained}' WHERE session_id <> 's-4'"
        connection.sql(kept).write_parquet(str(drained) + ".new")
    Path(str(drained) + ".new").replace(drained)
    lake.digest_path(drained).write_text(lake.digest_of(drained))
    assert _check(ingest_settings).faults == ["Records 5 to 5 are missing."]


async def test_a_lake_that_is_written_meanwhile_has_no_faults(
    ingest_client: httpx.AsyncClient,
    ingest_app: FastAPI,
    make_session: Make,
    ingest_settings: Settings,
) -> None:
    checks = asyncio.create_task(asyncio.to_thread(_check_often, ingest_settings))
    batch = 0
    while not checks.done():
        batch += 1
        sessions = [make_session(f"s-{batch}-{n}") for n in range(200)]
        await ingest_client.post("/v1/sessions", json=sessions)
        await ingest_app.state.door.drain.drain_once()
    found = await checks
    assert [checked.faults for checked in found] == [[]] * len(found)
    assert found[-1].records > found[0].records


def _check_often(settings: Settings) -> list[Checked]:
    return [_check(settings) for _ in range(15)]
