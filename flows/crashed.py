"""Runs that nobody works on: their process was killed, and they still say that they run."""

from __future__ import annotations

import os

from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter, TaskRunFilter
from prefect.client.schemas.objects import FlowRun
from prefect.states import Crashed

_RUNNING = {"state": {"type": {"any_": ["RUNNING", "CANCELLING"]}}}
_MESSAGE = "The process that worked on it ended without a word. What it left is done by the next."


async def mark_crashed() -> int:
    """Returns how many runs were left behind; the Prefect UI shows them as crashed from now on.

    For the start of the runner, when none of the runs inside a runner goes on. A run of a schedule
    has a process of its own, and is left alone while that lives.
    """
    async with get_client() as client:
        running = FlowRunFilter.model_validate(_RUNNING)
        runs = await client.read_flow_runs(flow_run_filter=running)
        left = _left_behind(runs)
        for run in left:
            await client.set_flow_run_state(run.id, Crashed(message=_MESSAGE), force=True)
            await _mark_tasks(client, run)
    return len(left)


def _left_behind(runs: list[FlowRun]) -> list[FlowRun]:
    alive = [run for run in runs if _is_alive(run.infrastructure_pid)]
    # a flow inside a scheduled one has no process of its own
    return [run for run in runs if run not in alive and not (alive and run.parent_task_run_id)]


def _is_alive(process_number: str | None) -> bool:
    """A run inside the runner has no number: it ended with the runner."""
    if not process_number:
        return False
    try:
        os.kill(int(process_number), 0)
    except ProcessLookupError:
        return False
    return True


async def _mark_tasks(client: PrefectClient, run: FlowRun) -> None:
    tasks = await client.read_task_runs(
        flow_run_filter=FlowRunFilter.model_validate({"id": {"any_": [run.id]}}),
        task_run_filter=TaskRunFilter.model_validate(_RUNNING),
    )
    for task in tasks:
        await client.set_task_run_state(task.id, Crashed(message=_MESSAGE), force=True)
