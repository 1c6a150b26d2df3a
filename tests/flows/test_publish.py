"""Publishing: a new file each time, whole before the pointer names it, the last three kept."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from core.marts import Marts, Published, read_pointer
from flows.publish import publish_marts
from tests.flows.conftest import fill_warehouse

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
NUMBER = "SELECT number FROM numbers"


def _publish(folder: Path, number: int) -> Published:
    fill_warehouse(folder / "warehouse.duckdb", number)
    marts_dir = folder / "marts"
    return publish_marts(
        folder / "warehouse.duckdb", marts_dir, ingest_seq=number * 10, as_of=NOW, now=NOW
    )


def _sets(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "marts").iterdir() if path.is_file())


def test_the_pointer_says_what_was_published(tmp_path: Path) -> None:
    published = _publish(tmp_path, 7)
    told = json.loads((tmp_path / "marts" / "current.json").read_text())
    assert told == {
        "number": 1,
        "file": "marts-1.duckdb",
        "published_at": "2026-11-20T18:00:00+00:00",
        "as_of": "2026-11-20T18:00:00+00:00",
        "ingest_seq": 70,
    }
    assert read_pointer(tmp_path / "marts") == published


def test_the_copy_holds_every_mart_as_it_was_and_nothing_else(tmp_path: Path) -> None:
    published = _publish(tmp_path, 7)
    query = (
        "SELECT table_name, column_name, data_type FROM duckdb_columns() "
        "WHERE schema_name = $1 AND NOT internal AND table_name NOT LIKE '%_sessions'"
    )
    found = []
    for path, schema in (("warehouse.duckdb", "marts"), (f"marts/{published.file}", "main")):
        with duckdb.connect(str(tmp_path / path), read_only=True) as connection:
            columns = sorted(connection.execute(query, [schema]).fetchall())
            rows = connection.execute(f"FROM {schema}.numbers").fetchall()
            found.append((columns, rows))
    assert found[0] == found[1]
    assert {column[0] for column in found[1][0]} == {"numbers", "empty_one"}


def test_the_last_three_sets_stay(tmp_path: Path) -> None:
    for number in range(1, 6):
        _publish(tmp_path, number)
    sets = [f"marts-{number}.duckdb" for number in (3, 4, 5)]
    assert _sets(tmp_path) == ["current.json", *sets]


def test_a_reader_goes_on_while_its_set_is_removed(tmp_path: Path) -> None:
    _publish(tmp_path, 1)
    marts = Marts(tmp_path / "marts")
    cursor = marts.cursor()
    for number in range(2, 6):
        _publish(tmp_path, number)
    assert "marts-1.duckdb" not in _sets(tmp_path)
    assert cursor.execute(NUMBER).fetchall() == [(1,)]
    assert marts.rows(NUMBER) == [{"number": 5}]


def test_a_file_that_a_crash_left_is_never_published_again(tmp_path: Path) -> None:
    _publish(tmp_path, 1)
    (tmp_path / "marts" / "marts-2.duckdb").write_bytes(b"complete, but never named")
    assert _publish(tmp_path, 3).number == 3
    assert Marts(tmp_path / "marts").rows(NUMBER) == [{"number": 3}]


def test_numbers_go_on_when_all_sets_but_the_pointer_are_lost(tmp_path: Path) -> None:
    for number in (1, 2):
        _publish(tmp_path, number)
    for path in (tmp_path / "marts").glob("*.duckdb"):
        path.unlink()
    assert _publish(tmp_path, 3).number == 3


def test_what_a_killed_copy_left_is_not_in_the_next_set(tmp_path: Path) -> None:
    (tmp_path / "marts").mkdir()
    draft = tmp_path / "marts" / ".marts-1.duckdb.draft"
    code = (
        "import duckdb, os, signal, sys; connection = duckdb.connect(sys.argv[1]);"
        "connection.execute('CREATE TABLE ghost AS SELECT 1 AS number');"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(draft)], timeout=30)
    assert killed.returncode == -signal.SIGKILL and draft.with_name(f"{draft.name}.wal").exists()
    _publish(tmp_path, 1)
    assert _sets(tmp_path) == ["current.json", "marts-1.duckdb"]
    tables = Marts(tmp_path / "marts").rows("SELECT table_name AS name FROM duckdb_tables()")
    assert "ghost" not in {table["name"] for table in tables}


def test_a_copy_that_fails_leaves_the_set_published_before(tmp_path: Path) -> None:
    before = _publish(tmp_path, 1)
    (tmp_path / "warehouse.duckdb").write_bytes(b"not a database")
    with pytest.raises(duckdb.Error):
        publish_marts(
            tmp_path / "warehouse.duckdb", tmp_path / "marts", ingest_seq=2, as_of=NOW, now=NOW
        )
    assert read_pointer(tmp_path / "marts") == before
    assert Marts(tmp_path / "marts").rows(NUMBER) == [{"number": 1}]


def test_a_folder_with_spaces_and_quotes_is_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "o'brien and sons"
    folder.mkdir()
    assert _publish(folder, 1).number == 1
