"""The builder: full when it must be, one writer at a time, and the file free afterwards."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotDone
from pathlib import Path

import duckdb
import pytest

from core import lake
from flows.build import WarehouseBuilder, only_writer
from flows.results import BuildFailed, NodeResult, refuse_failures
from tests.flows.conftest import AS_OF, Built


def _kinds(results: list[NodeResult]) -> set[str]:
    return {result.kind for result in results}


def test_the_first_build_is_full_and_good(built: Built) -> None:
    refuse_failures(built.results)
    assert {"model", "seed", "snapshot", "test"} <= _kinds(built.results)
    assert all(result.is_good and result.seconds >= 0 for result in built.results)


def test_another_process_can_open_the_file_after_a_build(built: Built) -> None:
    code = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute('CREATE SCHEMA mine')"
    command = [sys.executable, "-c", code, str(built.warehouse_path)]
    other = subprocess.run(command, capture_output=True, timeout=60)
    assert other.returncode == 0, other.stderr


def test_a_micro_batch_adds_what_is_new_and_keeps_the_gate(built: Built) -> None:
    results = built.build(AS_OF)
    assert len(results) < len(built.results) and not {"seed", "snapshot"} & _kinds(results)
    assert {"assert_published_keys_are_unique", "fct_sessions"} <= {r.name for r in results}


def test_a_second_writer_waits_for_the_first(tmp_path: Path) -> None:
    path = tmp_path / "warehouse" / "warehouse.duckdb"

    def write() -> str:
        with only_writer(path):
            return "written"

    with ThreadPoolExecutor(1) as pool:
        with only_writer(path):
            second = pool.submit(write)
            with pytest.raises(NotDone):
                second.result(timeout=0.3)
        assert second.result(timeout=30) == "written"


def test_a_changed_project_is_built_from_nothing(built: Built) -> None:
    (built.warehouse_path.parent / "project.sha256").write_text("another project")
    assert "seed" in _kinds(built.build(AS_OF))


def test_what_was_seen_of_profiles_outlives_a_build_from_nothing(built: Built) -> None:
    with duckdb.connect(str(built.warehouse_path)) as connection:
        connection.execute(
            "INSERT INTO snapshots.snp_tutor_profiles (tutor_id, dbt_valid_from) "
            "VALUES ('who-left-the-lake', TIMESTAMP '2026-01-01')"
        )
    refuse_failures(built.build(AS_OF, full=True))
    with duckdb.connect(str(built.warehouse_path), read_only=True) as connection:
        rows = connection.execute("SELECT tutor_id FROM snapshots.snp_tutor_profiles").fetchall()
    assert rows == [("who-left-the-lake",)]


def test_dbt_that_cannot_run_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = tmp_path / "empty"
    (empty / "dbt_project").mkdir(parents=True)
    (empty / "dbt_project.yml").touch()
    monkeypatch.setattr("flows.build.PROJECT_DIR", empty)
    lake.ensure(tmp_path)
    builder = WarehouseBuilder(tmp_path / "w" / "w.duckdb", tmp_path, "UTC")
    with pytest.raises(BuildFailed, match="dbt could not run"):
        builder.build(AS_OF, 0)
