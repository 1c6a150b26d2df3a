"""Runs that nobody works on: their process was killed, and they still say that they run."""

from __future__ import annotations

import os
from datetime import datetime

from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter, TaskRunFilter
from prefect.client.schemas.objects import FlowRun
from prefect.states import Crashed

# a run that waits for its process keeps others of its deployment from being started
_RUNNING = {"state": {"type": {"any_": ["PENDING", "RUNNING", "CANCELLING"]}}}
_MESSAGE = "The process that worked on it ended without a word. What it left is done by the next."


async def mark_crashed(before: datetime) -> int:
    """Returns how many runs were left behind; the Prefect UI shows them as crashed from now on.

    A run inside a runner, and one whose process was to be started by it, goes on only if it is of
    later than `before`, when this runner began. A run of a schedule has a process of its own, and
    is left alone while that lives; a run inside another goes with that one.
    """
    async with get_client() as client:
        running = FlowRunFilter.model_validate(_RUNNING)
        runs = await client.read_flow_runs(flow_run_filter=running)
        left = await _left_behind(client, runs, before)
        for run in left:
            await client.set_flow_run_state(run.id, Crashed(message=_MESSAGE), force=True)
        await _mark_tasks(client)
    return len(left)


async def _left_behind(
    client: PrefectClient, runs: list[FlowRun], before: datetime
) -> list[FlowRun]:
    alive = {run.id for run in runs if _goes_on(run, before)}
    inside = [(run, run.parent_task_run_id) for run in runs]
    for run, calling_task in inside:
        if calling_task is None:
            continue
        caller = await client.read_task_run(calling_task)
        alive = alive | {run.id} if caller.flow_run_id in alive else alive - {run.id}
    return [run for run in runs if run.id not in alive]


def _goes_on(run: FlowRun, before: datetime) -> bool:
    if run.infrastructure_pid:
        return _is_alive(int(run.infrastructure_pid))
    since = run.start_time or (run.state.timestamp if run.state else None)
    return since is not None and since >= before


def _is_alive(process_number: int) -> bool:
    try:
        os.kill(process_number, 0)
    except ProcessLookupError:
        return False
    return True


async def _mark_tasks(client: PrefectClient) -> None:
    """Marks also those of runs that a worker marked: it leaves their tasks as they were."""
    tasks = await client.read_task_runs(
        flow_run_filter=FlowRunFilter.model_validate({"state": {"type": {"any_": ["CRASHED"]}}}),
        task_run_filter=TaskRunFilter.model_validate(_RUNNING),
    )
    for task in tasks:
        await client.set_task_run_state(task.id, Crashed(message=_MESSAGE), force=True)
