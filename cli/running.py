"""`workbench up`: start, say where things are, keep running until told to stop."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from rich.console import Console

from cli.processes import Process
from cli.startup import (
    give_prefect_a_database,
    log_to_file,
    only_instance,
    refuse_taken_ports,
)
from cli.supervisor import Supervisor
from core.settings import Settings, child_environment

READY_SECONDS = 180
console = Console(highlight=False)
Work = Callable[[Supervisor], Coroutine[Any, Any, None]]


def supervise(settings: Settings, processes: list[Process], work: Work, *, with_mail: bool) -> None:
    """Runs `work` beside the processes; returns when it is done or a signal came, all stopped.

    Raises:
        CannotStart: the folder, a port or a process is not as it must be.
    """
    with only_instance(settings.data_dir):
        refuse_taken_ports(settings, with_mail=with_mail)
        log_to_file(settings.log_path)
        settings.runner_sign.unlink(missing_ok=True)
        give_prefect_a_database(settings.prefect_home)
        asyncio.run(_supervise(settings, processes, work))


async def _supervise(settings: Settings, processes: list[Process], work: Work) -> None:
    supervisor = Supervisor(processes, child_environment(settings, {}))
    await supervisor.start()
    task = asyncio.create_task(work(supervisor))
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, task.cancel)
    try:
        with suppress(asyncio.CancelledError):
            await task
    finally:
        started = time.monotonic()
        await supervisor.stop()
        console.print(f"Stopped in {time.monotonic() - started:.1f} s.")


async def ready(supervisor: Supervisor) -> None:
    """Returns when every process serves, telling each as it comes."""
    started = time.monotonic()

    def tell(name: str) -> None:
        console.print(f"  [green]✓[/] {name:<8} ready after {time.monotonic() - started:4.1f} s")

    await supervisor.wait_until_ready(READY_SECONDS, tell)


async def until_stopped(supervisor: Supervisor) -> None:
    """Waits for a signal; raises CannotStart when a process gives up for good."""
    while True:
        supervisor.raise_refusal()
        await asyncio.sleep(0.5)


def banner(settings: Settings, lines: list[tuple[str, str]]) -> None:
    """Prints where things are."""
    links = [
        ("Dashboard", f"{settings.web_url}/dashboard/"),
        ("Post sessions", f"{settings.ingest_url}/v1/sessions"),
        ("Operations", f"{settings.web_url}/operations"),
        ("Ingest API docs", f"{settings.ingest_url}/docs"),
        ("Read API docs", f"{settings.web_url}/docs"),
        ("Prefect UI", settings.prefect_url),
    ]
    console.print()
    for label, text in [*links, *lines]:
        console.print(f"  [bold]{label:<16}[/] {text}", soft_wrap=True)
    console.print(f"\n  Data in {settings.data_dir}. Press Ctrl-C to stop.\n", soft_wrap=True)
