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
    environment = prefect_running.environment | {"WORKBENCH_DATA_DIR": str(tmp_path)}
    runner = subprocess.Popen(
        [sys.executable, "-m", "flows.runner"], env=environment, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 90
    while not _is_building(prefect_running):
        assert runner.poll() is None and time.monotonic() < deadline, "no run began"
        time.sleep(0.1)
    runner.send_signal(signal.SIGTERM)
    _, said = runner.communicate(timeout=20)
    assert runner.returncode == 0, said.decode()


def _is_building(server: PrefectServer) -> bool:
    return any(run["state_type"] == "RUNNING" for run in server.find("task_runs"))
