"""The runner as a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.flows.conftest import PrefectServer


def test_a_runner_told_to_stop_in_the_middle_of_a_run_ends_cleanly(
    prefect_running: PrefectServer, tmp_path: Path
) -> None:
    runner = _start_building(prefect_running, tmp_path)
    runner.send_signal(signal.SIGTERM)
    _, said = runner.communicate(timeout=20)
    assert runner.returncode == 0, said.decode()


def test_what_a_killed_runner_left_is_shown_as_crashed_by_the_next(
    prefect_running: PrefectServer, tmp_path: Path
) -> None:
    killed = _start_building(prefect_running, tmp_path)
    left = _unfinished(prefect_running, "flow_runs") | _unfinished(prefect_running, "task_runs")
    killed.kill()
    killed.communicate(timeout=20)
    next_one = _start(prefect_running, tmp_path)
    states = {}
    deadline = time.monotonic() + 60
    while set(states.values()) != {"CRASHED"} and time.monotonic() < deadline:
        time.sleep(0.2)
        runs = prefect_running.find("flow_runs") + prefect_running.find("task_runs")
        states = {run["id"]: run["state_type"] for run in runs if run["id"] in left}
    next_one.send_signal(signal.SIGTERM)
    next_one.communicate(timeout=20)
    assert len(states) >= 2 and set(states.values()) == {"CRASHED"}


def _start(server: PrefectServer, data_dir: Path) -> subprocess.Popen[bytes]:
    environment = server.environment | {"WORKBENCH_DATA_DIR": str(data_dir)}
    return subprocess.Popen(
        [sys.executable, "-m", "flows.runner"], env=environment, stderr=subprocess.PIPE
    )


def _start_building(server: PrefectServer, data_dir: Path) -> subprocess.Popen[bytes]:
    before = _unfinished(server, "task_runs")
    runner = _start(server, data_dir)
    deadline = time.monotonic() + 90
    while not _unfinished(server, "task_runs") - before:
        assert runner.poll() is None and time.monotonic() < deadline, "no run began"
        time.sleep(0.1)
    return runner


def _unfinished(server: PrefectServer, what: str) -> set[object]:
    return {run["id"] for run in server.find(what) if run["state_type"] == "RUNNING"}
