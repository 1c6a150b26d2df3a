"""How long `workbench up` takes to all-ready and to stop, and how much memory it takes."""

from __future__ import annotations

import time

import psutil

from bench.report import tell
from bench.system import READY_SECONDS, System, is_ready, processes_of, temporary_system, wait_until


def main() -> None:
    with temporary_system() as system:
        tell("first_start", _start(system), "s", "-")
        system.stop()
        tell("second_start", _start(system), "s", "<= 20")
        time.sleep(20)
        memory = {" ".join(p.cmdline()[1:4]): _megabytes(p) for p in processes_of(system)}
        tell("memory_of_all_processes", sum(memory.values()), "MB (PSS)", "<= 1024", parts=memory)
        tell("stop", system.stop(), "s", "<= 5")
        tell("processes_left", len(processes_of(system)), "processes", "<= 0")


def _start(system: System) -> float:
    started = time.monotonic()
    system.start("up")
    wait_until(lambda: is_ready(system), READY_SECONDS, "all processes ready")
    return time.monotonic() - started


def _megabytes(process: psutil.Process) -> float:
    return round(process.memory_full_info().pss / 2**20, 1)


if __name__ == "__main__":
    main()
