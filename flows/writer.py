"""One writer of the warehouse: a slot that Prefect shows and counts, under a lock that holds.

The lock of the operating system ends with its process; Prefect's slot is kept for a minute after a
kill. So the lock comes first: who has it may take a slot that a dead process left.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    ExitStack,
    asynccontextmanager,
)
from pathlib import Path

from prefect import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate
from prefect.concurrency.asyncio import ConcurrencySlotAcquisitionError, concurrency

from flows.build import only_writer

DBT_WRITER = "dbt-writer"
_LEASE_SECONDS = 60
_PATIENCE_SECONDS = 5.0


@asynccontextmanager
async def sole_writer(warehouse_path: Path) -> AsyncIterator[ExitStack]:
    """Holds the warehouse, and the slot `dbt-writer`, for one build and its publishing.

    Yields the stack of `only_writer`. Waits while another process has the warehouse.
    """
    lock = only_writer(warehouse_path)
    until_done = await asyncio.to_thread(lock.__enter__)
    try:
        async with AsyncExitStack() as slot:
            await _take(slot)
            yield until_done
    finally:
        await asyncio.to_thread(lock.__exit__, None, None, None)


async def _take(slot: AsyncExitStack) -> None:
    try:
        await slot.enter_async_context(_slot(_PATIENCE_SECONDS))
    except (ConcurrencySlotAcquisitionError, TimeoutError):
        await _free()  # it was never made, or whoever had it is dead
        # at the latest a lease that was granted too late to be heard of has run out
        await slot.enter_async_context(_slot(_LEASE_SECONDS + _PATIENCE_SECONDS))


def _slot(patience: float) -> AbstractAsyncContextManager[None]:
    return concurrency(
        DBT_WRITER,
        timeout_seconds=patience,
        lease_duration=_LEASE_SECONDS,
        strict=True,
        # a server that is away for a while must not end a long build
        raise_on_lease_renewal_failure=False,
    )


async def _free() -> None:
    async with get_client() as client:
        await client.upsert_global_concurrency_limit_by_name(DBT_WRITER, 1)
        freed = GlobalConcurrencyLimitUpdate(active_slots=0)
        await client.update_global_concurrency_limit(DBT_WRITER, freed)
