"""Micro-batches that went well go after a day; what went wrong, or belongs to others, stays."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.flows.conftest import PrefectServer

LEAVE_AND_PRUNE = """
import asyncio, json
from datetime import UTC, datetime, timedelta
from prefect import flow, get_client, task
from prefect.states import Completed, Failed
from flows.pruning import remove_good_runs

@flow(name="refresh")
def refresh(): ...

@flow(name="nightly build")
def nightly(): ...

@task
def caller(): ...

async def main():
    async with get_client() as client:
        async def ran(flow, state, inside=None):
            parent = None
            if inside:
                parent = (await client.create_task_run(caller, inside, dynamic_key="0")).id
            run = await client.create_flow_run(flow, parent_task_run_id=parent)
            await client.set_flow_run_state(run.id, state, force=True)
            return run.id

        began = datetime.now(UTC)
        runs = {"good": await ran(refresh, Completed())}
        runs["failed"] = await ran(refresh, Failed())
        runs["nightly"] = await ran(nightly, Completed())
        runs["of the nightly"] = await ran(refresh, Completed(), inside=runs["nightly"])
        removed = [
            await remove_good_runs(client, moment)
            for moment in (began - timedelta(days=1), datetime.now(UTC) + timedelta(minutes=1))
        ]
        left = {run.id for run in await client.read_flow_runs()}
        print(json.dumps([removed, [name for name, run in runs.items() if run in left]]))

asyncio.run(main())
"""


def test_only_micro_batches_that_went_well_long_ago_are_removed(
    prefect_running: PrefectServer,
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LEAVE_AND_PRUNE],
        env=prefect_running.environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr
    (none, some), left = json.loads(ended.stdout.splitlines()[-1])
    assert none == 0 and some >= 1
    assert left == ["failed", "nightly", "of the nightly"]
