"""dbt in a child process whose models and tests are tasks of the flow run that asked for it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from textwrap import dedent

import pytest

from flows.dbt_process import FullBuild
from tests.flows.conftest import PrefectServer

BUILD = """
import json, sys
from dataclasses import asdict
from prefect import flow
from prefect.context import FlowRunContext
from flows.dbt_process import FullBuild
from flows.dbt_tasks import run_dbt_as_tasks

@flow
def build_small_project(build):
    answer = run_dbt_as_tasks(FullBuild(**build))
    return str(FlowRunContext.get().flow_run.id), asdict(answer)

print(json.dumps(build_small_project(json.loads(sys.argv[1]))))
"""
PROJECT = {
    "dbt_project.yml": """
        name: small
        profile: small
        model-paths: [models]
        models: {+materialized: table}
    """,
    "dbt_project/profiles.yml": """
        small:
          target: here
          outputs: {here: {type: duckdb, path: "{{ var('warehouse_path') }}"}}
    """,
    "models/numbers.sql": "select 1 as number",
    "models/doubles.sql": "select 2 * number as number from {{ ref('numbers') }}",
    "models/tests.yml": """
        models:
          - name: numbers
            columns: [{name: number, data_tests: [unique]}]
          - name: doubles
            columns:
              - name: number
                data_tests: [{accepted_values: {arguments: {values: [VALUE], quote: false}}}]
    """,
}


@pytest.mark.parametrize(("value", "became"), [(2, "COMPLETED"), (3, "FAILED")])
def test_each_model_and_test_is_a_task(
    prefect_running: PrefectServer, tmp_path: Path, value: int, became: str
) -> None:
    build = _project(tmp_path, value)
    run, answer = _build(prefect_running, build)
    tasks = [one for one in prefect_running.find("task_runs") if one["flow_run_id"] == run]
    states = {str(task["name"]): task["state_type"] for task in tasks}
    last = "test accepted_values_doubles_number__False__" + str(value)
    others = ["model doubles", "model numbers", "test unique_numbers_number"]
    assert states == dict.fromkeys(others, "COMPLETED") | {last: became}
    results = {one["name"]: one["status"] for one in answer["results"]}
    assert len(results) == 4 and set(results.values()) <= {"success", "pass", "fail"}
    assert [step["name"] for step in answer["micro_batch"]] == (
        ["numbers", "doubles"] if became == "COMPLETED" else []
    )


def _project(folder: Path, value: int) -> FullBuild:
    for name, content in PROJECT.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(dedent(content).replace("VALUE", str(value)))
    variables = {"warehouse_path": str(folder / "small.duckdb")}
    return FullBuild(str(folder), str(folder), str(folder / "answer.json"), variables)


def _build(server: PrefectServer, build: FullBuild) -> tuple[str, dict[str, list[dict[str, str]]]]:
    # a level that dbt has no word for, as the runner may have it
    ended = subprocess.run(
        [sys.executable, "-c", BUILD, json.dumps(asdict(build))],
        env=server.environment | {"PREFECT_LOGGING_LEVEL": "WARNING"},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert ended.returncode == 0, ended.stderr
    run, answer = json.loads(ended.stdout.splitlines()[-1])
    return run, answer
