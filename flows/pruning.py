"""Keeps Prefect's database small: runs that nobody will look at again are removed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from prefect import flow, get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowFilter, FlowRunFilter

from flows.run_names import named_by_its_moment

# A run every few seconds: who wants one that was good looks for it within the day.
GOOD_RUN_HOURS = 24
_EVERY_FEW_SECONDS = ["refresh", "mail"]
_AT_A_TIME = 200


@flow(name="prune runs", flow_run_name=named_by_its_moment, retries=2, retry_delay_seconds=60)
async def prune_runs() -> int:
    """Returns how many micro-batches that went well a day ago, or earlier, were removed.

    All other runs, their logs and artifacts go after two weeks, and events after two days: the
    server sees to that itself.
    """
    async with get_client() as client:
        return await remove_good_runs(client, datetime.now(UTC) - timedelta(hours=GOOD_RUN_HOURS))


async def remove_good_runs(client: PrefectClient, before: datetime) -> int:
    """Returns how many completed micro-batches that started before `before` were removed."""
    wanted: dict[str, Any] = {
        "state": {"type": {"any_": ["COMPLETED"]}},
        "start_time": {"before_": before},
        # a refresh inside a nightly build belongs to that run
        "parent_task_run_id": {"is_null_": True},
    }
    removed = 0
    while runs := await client.read_flow_runs(
        flow_filter=FlowFilter.model_validate({"name": {"any_": _EVERY_FEW_SECONDS}}),
        flow_run_filter=FlowRunFilter.model_validate(wanted),
        limit=_AT_A_TIME,
    ):
        for run in runs:
            await client.delete_flow_run(run.id)
        removed += len(runs)
    return removed
