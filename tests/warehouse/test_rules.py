"""The project's own unit tests run and can fail; a failing gate leaves readers what they had."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from flows.build import PROJECT_DIR
from flows.publish import publish_marts
from flows.results import GateClosed, refuse_failures
from tests.warehouse.conftest import TinyWarehouse
from tests.warehouse.tiny_world import AS_OF


def _unit_tests(warehouse: TinyWarehouse, selection: str, **variables: object) -> dict[str, str]:
    """Returns the status of each of the project's unit tests by name."""
    places = {"warehouse_path": str(warehouse.path), "lake_dir": str(warehouse.lake_dir)}
    target = warehouse.folder / "rules"
    options: dict[str, object] = {
        "--select": selection,
        "--vars": json.dumps(places | {"as_of": AS_OF.isoformat()} | variables),
        "--project-dir": PROJECT_DIR,
        "--profiles-dir": PROJECT_DIR / "dbt_project",
        "--target-path": target,
        "--log-path": warehouse.folder / "logs",
    }
    words = [str(word) for option in options.items() for word in option]
    # a process of its own: dbt would leave the warehouse open in this one
    subprocess.run([sys.executable, "-m", "dbt.cli.main", "--quiet", "test", *words], check=False)
    results = json.loads((target / "run_results.json").read_text())["results"]
    return {result["unique_id"].rpartition(".")[2]: result["status"] for result in results}


def _written_unit_tests() -> set[str]:
    lines = [line for path in PROJECT_DIR.glob("dbt_project/**/*.yml") for line in path.open()]
    return {line.split()[-1] for line in lines if line.startswith("  - name: test_")}


def test_every_unit_test_of_the_project_runs_and_passes(full_warehouse: TinyWarehouse) -> None:
    outcomes = _unit_tests(full_warehouse, "test_type:unit")
    assert outcomes.keys() == _written_unit_tests() and len(outcomes) >= 10
    assert set(outcomes.values()) == {"pass"}


def test_a_changed_rule_is_noticed(full_warehouse: TinyWarehouse) -> None:
    name = "test_only_what_was_held_or_the_tutor_caused_counts"
    outcomes = _unit_tests(full_warehouse, f"test_name:{name}", late_minutes=7)
    assert outcomes == {name: "fail"}


def test_a_closed_gate_leaves_the_set_published_before(
    full_warehouse: TinyWarehouse, tmp_path: Path
) -> None:
    broken = full_warehouse.copy_to(tmp_path / "broken")
    now = datetime.now(UTC)
    before = publish_marts(broken.path, tmp_path / "marts", ingest_seq=1, as_of=AS_OF, now=now)
    with duckdb.connect(str(broken.path)) as connection:
        # as a batch would that forgot to take away what it replaces
        connection.execute(
            "INSERT INTO marts.fct_sessions "
            "SELECT * REPLACE (built_seq + 1 AS built_seq) FROM marts.fct_sessions LIMIT 1"
        )
    with pytest.raises(GateClosed, match="assert_published_keys_are_unique"):
        refuse_failures(broken.build(AS_OF))
    assert json.loads((tmp_path / "marts" / "current.json").read_text())["number"] == before.number
