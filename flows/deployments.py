"""Serves the deployments of `prefect.yaml` from inside the runner, without a process of its own."""

from __future__ import annotations

import asyncio
import logging
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from prefect import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists
from prefect.workers.process import ProcessWorker

from core.children import die_with_parent
from core.errors import WorkbenchError
from flows.build import PROJECT_DIR

log = logging.getLogger("workbench.deployments")
WORK_POOL = "workbench"
_RETRY_SECONDS = 30


async def serve_deployments(prefect_home: Path) -> None:
    """Registers the deployments when they changed, then runs what their schedules ask for."""
    while True:
        try:
            await _register(prefect_home / "deployed.sha256")
            async with ProcessWorker(work_pool_name=WORK_POOL) as worker:
                await worker.start()
        except Exception as error:
            log.warning("schedules wait for Prefect (%s)", error)
            await asyncio.sleep(_RETRY_SECONDS)


async def _register(done: Path) -> None:
    wanted = sha256((PROJECT_DIR / "prefect.yaml").read_bytes()).hexdigest()
    if done.exists() and done.read_text() == wanted:
        return
    async with get_client() as client:
        with suppress(ObjectAlreadyExists):  # without its pool no deployment is taken
            await client.create_work_pool(WorkPoolCreate(name=WORK_POOL, type="process"))
    process = await asyncio.create_subprocess_exec(
        *("nice", "-n", "10", sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"),
        cwd=PROJECT_DIR,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        preexec_fn=die_with_parent,
    )
    said, _ = await process.communicate()
    if process.returncode != 0:
        raise WorkbenchError(f"prefect deploy: {said.decode(errors='replace').strip()[-300:]}")
    done.write_text(wanted)
