"""The engine: a look at new data is a run that a real Prefect server knows."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from core.marts import Marts
from tests.flows.conftest import PrefectServer

LOOK_TWICE = """
import asyncio, json
from core.settings import load_settings
from flows.runner import look

async def twice():
    settings = load_settings()
    return [await look(settings, settings.as_of, settings.as_of) for _ in range(2)]

print(json.dumps(asyncio.run(twice())))
"""


@pytest.fixture
def look_twice(prefect_running: PrefectServer) -> list[bool]:
    """What a runner's process did in two looks at the same data."""
    ended = subprocess.run(
        [sys.executable, "-c", LOOK_TWICE],
        env=prefect_running.environment,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert ended.returncode == 0, ended.stderr
    done: list[bool] = json.loads(ended.stdout.splitlines()[-1])
    return done


def test_a_look_publishes_once_and_the_run_is_seen(
    prefect_running: PrefectServer, look_twice: list[bool]
) -> None:
    assert look_twice == [True, False]
    assert Marts(prefect_running.settings.marts_dir).published().number == 1
    runs = prefect_running.find("flow_runs")
    (run,) = (run for run in runs if run["name"] == "records to 0")
    assert run["state_type"] == "COMPLETED"

    def of_run(what: str) -> list[dict[str, object]]:
        return [one for one in prefect_running.find(what) if one["flow_run_id"] == run["id"]]

    tasks = {task["name"]: task["state_type"] for task in of_run("task_runs")}
    names = ("build models", "check the gate", "publish marts", "send letters")
    assert tasks == dict.fromkeys(names, "COMPLETED")
    kinds = {artifact["key"]: artifact["type"] for artifact in of_run("artifacts")}
    assert kinds == {"models": "table", "summary": "markdown"}
