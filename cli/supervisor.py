"""Starts the processes, waits until each is ready, restarts what crashes, stops all, one log.

No supervisor in the field does all of this without a service of its own: see
docs/decisions/0005-own-supervisor.md.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress

from cli.processes import Process
from core.children import die_with_parent
from core.errors import CannotStart

log = logging.getLogger("workbench")
STOP_SECONDS = 4.0
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 15.0
_POLL_SECONDS = 0.2
HUNG_AFTER_SECONDS = 120.0


class Supervisor:
    """Keeps a set of processes running, each in a process group of its own."""

    def __init__(self, processes: list[Process], environment: dict[str, str]) -> None:
        self._processes = processes
        self._environment = environment
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._keepers: list[asyncio.Task[None]] = []
        self._refusal: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def start(self) -> None:
        """Starts every process; returns before they are ready."""
        for process in self._processes:
            self._keepers.append(asyncio.create_task(self._keep(process)))

    async def wait_until_ready(
        self, timeout_seconds: float, on_ready: Callable[[str], None]
    ) -> None:
        """Returns when every process serves; tells `on_ready` each name as it comes.

        Raises:
            CannotStart: a process refused to start, or is not ready in time.
        """
        waiting = {process.name: process for process in self._processes}
        deadline = time.monotonic() + timeout_seconds
        while waiting:
            self.raise_refusal()
            for name, process in list(waiting.items()):
                if await asyncio.to_thread(process.is_ready):
                    del waiting[name]
                    on_ready(name)
            if waiting and time.monotonic() > deadline:
                raise CannotStart(f"not ready in time: {', '.join(waiting)}. See workbench.log.")
            await asyncio.sleep(_POLL_SECONDS)

    def raise_refusal(self) -> None:
        """Raises CannotStart when a process said that it cannot start."""
        if self._refusal.done():
            raise CannotStart(self._refusal.result())

    async def stop(self) -> None:
        """Stops every process: asks politely, then kills what is left after four seconds."""
        for keeper in self._keepers:
            keeper.cancel()
        for process in self._running.values():
            _signal(process, signal.SIGTERM)
        ends = [asyncio.create_task(process.wait()) for process in self._running.values()]
        if ends:
            await asyncio.wait(ends, timeout=STOP_SECONDS)
        for name, process in self._running.items():
            if process.returncode is None:
                log.warning("%s did not stop in time and is killed", name)
            _signal(process, signal.SIGKILL)
        if ends:
            await asyncio.wait(ends, timeout=1)

    async def _keep(self, process: Process) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while True:
            started = time.monotonic()
            code, last_line = await self._run_once(process)
            if code == CannotStart.exit_code:
                if not self._refusal.done():
                    self._refusal.set_result(f"{process.name}: {last_line}")
                return
            if time.monotonic() - started > 60:
                pause = _FIRST_PAUSE_SECONDS
            log.warning("%s ended with code %s; again in %.0f s", process.name, code, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def _run_once(self, process: Process) -> tuple[int, str]:
        if process.pulse:
            process.pulse.unlink(missing_ok=True)  # of the one before
        child = await asyncio.create_subprocess_exec(
            *process.command,
            env=self._environment | process.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        self._running[process.name] = child
        guard = asyncio.create_task(_end_when_hung(process, child))
        last_line = await _copy_lines(child, logging.getLogger(process.name))
        guard.cancel()
        return await child.wait(), last_line


async def _end_when_hung(process: Process, child: asyncio.subprocess.Process) -> None:
    if process.pulse is None:
        return
    while process.silent_seconds() < HUNG_AFTER_SECONDS:
        await asyncio.sleep(_FIRST_PAUSE_SECONDS)
    log.warning("%s gave no sign of life for %.0f s: killed", process.name, HUNG_AFTER_SECONDS)
    _signal(child, signal.SIGKILL)


async def _copy_lines(child: asyncio.subprocess.Process, to: logging.Logger) -> str:
    last_line = ""
    assert child.stdout is not None
    while not child.stdout.at_eof():
        try:
            chunk = await child.stdout.readline()
        except ValueError:  # a line longer than the buffer; asyncio has dropped that much of it
            continue
        if line := chunk.decode(errors="replace").rstrip():
            last_line = line
            to.info(line)
    return last_line


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    # the whole group: a server may have children of its own, also after it has gone
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
