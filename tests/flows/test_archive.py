"""What a full build made lies beside the sets: read as before, written once."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from core.marts import Marts
from flows.archive import BASE_MARK
from flows.publish import publish_marts
from tests.flows.conftest import fill_warehouse

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
COUNT = "SELECT count(*) AS n, count(DISTINCT session_id) AS ids FROM fct_sessions"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """50 days of sessions from 1 October 2026, published once."""
    fill_warehouse(tmp_path / "warehouse.duckdb", 1)
    _publish(tmp_path)
    return tmp_path


def _publish(folder: Path) -> Marts:
    publish_marts(folder / "warehouse.duckdb", folder / "marts", ingest_seq=1, as_of=NOW, now=NOW)
    return Marts(folder / "marts")


def _archived(folder: Path) -> dict[str, tuple[int, int]]:
    """Returns what tells each file from one that is new; a reader keeps footers by its time."""
    files = (folder / "marts" / "archive").glob("*.parquet")
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in files}


def _change(folder: Path, statement: str) -> None:
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute(statement)


def _anew(folder: Path) -> None:
    """Does what a build does before it makes every table anew."""
    (folder / BASE_MARK).unlink()


def test_every_session_is_read_once_wherever_it_lies(folder: Path) -> None:
    _change(
        folder,
        "INSERT INTO marts.fct_sessions "
        "SELECT 'new', 't', 'completed', DATE '2026-11-20', 2::BIGINT",
    )
    assert _publish(folder).rows(COUNT) == [{"n": 51, "ids": 51}]


def test_a_base_is_written_once(folder: Path) -> None:
    before = _archived(folder)
    _publish(folder)
    assert _archived(folder) == before and len(before) == 1


def test_a_corrected_session_is_read_as_it_is_now(folder: Path) -> None:
    before = _archived(folder)
    _change(
        folder,
        "UPDATE marts.fct_sessions SET status = 'no_show', built_seq = 2 WHERE session_id = 's3'",
    )
    marts = _publish(folder)
    query = "SELECT status FROM fct_sessions WHERE session_id = 's3'"
    assert marts.rows(query) == [{"status": "no_show"}]
    assert marts.rows(COUNT) == [{"n": 50, "ids": 50}]
    assert _archived(folder) == before


def test_a_build_that_makes_everything_anew_brings_a_new_base(folder: Path) -> None:
    before = _archived(folder)
    _change(folder, "DELETE FROM marts.fct_sessions WHERE session_id = 's3'")
    _anew(folder)
    assert _publish(folder).rows(COUNT) == [{"n": 49, "ids": 49}]
    assert len(_archived(folder).keys() - before.keys()) == 1


def test_a_reader_of_the_set_before_still_finds_its_base(folder: Path) -> None:
    cursor = Marts(folder / "marts").cursor()
    _anew(folder)
    _publish(folder)
    assert cursor.execute(COUNT).fetchall() == [(50, 50)]


@pytest.mark.parametrize(("hours", "stays"), [(0.5, True), (2, False)])
def test_a_base_goes_when_no_set_has_used_it_for_an_hour(
    folder: Path, hours: float, stays: bool
) -> None:
    [(name, (_, written))] = _archived(folder).items()
    used = time.time_ns() - int(hours * 3600e9)
    os.utime(folder / "marts" / "archive" / name, ns=(used, written))
    _anew(folder)
    _publish(folder)
    assert (name in _archived(folder)) == stays


def test_without_sessions_there_is_an_empty_mart(tmp_path: Path) -> None:
    fill_warehouse(tmp_path / "warehouse.duckdb", 1)
    _change(tmp_path, "DELETE FROM marts.fct_sessions")
    assert _publish(tmp_path).rows(COUNT) == [{"n": 0, "ids": 0}]
