"""Which runs are shown as crashed: those whose process is gone, and no other."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.flows.conftest import PrefectServer

# runs that say they run: in a process that lives, in one that is gone, in a runner that was there
# before, in the one that is there now; and inside the first two
LEAVE_AND_MARK = """
import asyncio, json, sys
from datetime import UTC, datetime
from prefect import flow, get_client, task
from prefect.states import Pending, Running
from flows.crashed import mark_crashed

@flow
def some_flow(): ...

@task
def some_task(): ...

async def main():
    async with get_client() as client:
        async def inside(run):
            caller = await client.create_task_run(some_task, run, dynamic_key="0")
            return (await client.create_flow_run(
                some_flow, state=Running(), parent_task_run_id=caller.id
            )).id

        runs = {}
        for name, process in json.loads(sys.argv[1]).items():
            began = datetime.now(UTC)
            state = Pending() if name.startswith("waits") else Running()
            runs[name] = (await client.create_flow_run(some_flow, state=state)).id
            if process:
                await client.update_flow_run(runs[name], infrastructure_pid=process)
                runs[f"inside {name}"] = await inside(runs[name])
        await mark_crashed(began)
        states = {name: (await client.read_flow_run(run)).state_type for name, run in runs.items()}
        for run in runs.values():
            await client.delete_flow_run(run)
        print(json.dumps(states))

asyncio.run(main())
"""


@pytest.fixture
def gone() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait(timeout=30)
    return process.pid


def test_a_run_whose_process_lives_is_left_alone(prefect_running: PrefectServer, gone: int) -> None:
    processes = {
        "lives": str(os.getpid()),
        "gone": str(gone),
        "waits for a runner before": "",
        "runner before": "",
        "waits": str(os.getpid()),
        "runner": "",
    }
    ended = subprocess.run(
        [sys.executable, "-c", LEAVE_AND_MARK, json.dumps(processes)],
        env=prefect_running.environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout.splitlines()[-1]) == {
        "lives": "RUNNING",
        "inside lives": "RUNNING",
        "gone": "CRASHED",
        "inside gone": "CRASHED",
        "waits for a runner before": "CRASHED",
        "runner before": "CRASHED",
        "waits": "PENDING",
        "inside waits": "RUNNING",
        "runner": "RUNNING",
    }
