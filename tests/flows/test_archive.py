"""Older weeks of sessions lie beside the sets: read as before, written once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from core.marts import Marts
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


def _archived(folder: Path) -> dict[str, int]:
    files = (folder / "marts" / "archive").glob("*.parquet")
    return {path.name: path.stat().st_ino for path in files}


def _change(folder: Path, statement: str) -> None:
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute(statement)


def test_every_session_is_read_once_wherever_it_lies(folder: Path) -> None:
    assert Marts(folder / "marts").rows(COUNT) == [{"n": 50, "ids": 50}]
    assert len(_archived(folder)) == 6


def test_an_unchanged_week_is_not_written_again(folder: Path) -> None:
    before = _archived(folder)
    _publish(folder)
    assert _archived(folder) == before


def test_a_corrected_week_gets_a_new_file_and_the_others_stay(folder: Path) -> None:
    before = _archived(folder)
    _change(
        folder,
        "UPDATE marts.fct_sessions SET status = 'no_show', built_seq = 2 WHERE session_id = 's3'",
    )
    rows = _publish(folder).rows("SELECT status FROM fct_sessions WHERE session_id = 's3'")
    assert rows == [{"status": "no_show"}]
    assert len(_archived(folder).keys() - before.keys()) == 1


def test_a_session_that_left_a_week_is_gone_from_it(folder: Path) -> None:
    _change(folder, "DELETE FROM marts.fct_sessions WHERE session_id = 's3'")
    assert _publish(folder).rows(COUNT) == [{"n": 49, "ids": 49}]


def test_a_reader_of_the_set_before_still_finds_its_weeks(folder: Path) -> None:
    cursor = Marts(folder / "marts").cursor()
    _change(folder, "UPDATE marts.fct_sessions SET built_seq = 2")
    _publish(folder)
    assert cursor.execute(COUNT).fetchall() == [(50, 50)]


def test_without_sessions_there_is_an_empty_mart(tmp_path: Path) -> None:
    fill_warehouse(tmp_path / "warehouse.duckdb", 1)
    _change(tmp_path, "DELETE FROM marts.fct_sessions")
    assert _publish(tmp_path).rows(COUNT) == [{"n": 0, "ids": 0}]
