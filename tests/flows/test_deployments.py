"""What is scheduled is known to a real Prefect server, and its scheduler plans runs of it."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from tests.flows.conftest import PrefectServer

REGISTER = """
import asyncio, sys
from pathlib import Path
from flows.deployments import _register

asyncio.run(_register(Path(sys.argv[1])))
"""


@pytest.fixture
def registered(prefect_running: PrefectServer) -> PrefectServer:
    done = prefect_running.settings.data_dir / "deployed.sha256"
    ended = subprocess.run(
        [sys.executable, "-c", REGISTER, str(done)],
        env=prefect_running.environment,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert ended.returncode == 0 and done.exists(), ended.stderr
    return prefect_running


def test_what_is_scheduled_is_planned(registered: PrefectServer) -> None:
    deployments = {found["id"]: found["name"] for found in registered.find("deployments")}
    assert sorted(deployments.values()) == [
        "lake-check",
        "nightly",
        "retention",
        "reviews",
        "themes",
    ]
    deadline = time.monotonic() + 90
    while _planned(registered) != deployments.keys():
        assert time.monotonic() < deadline, "the scheduler plans nothing"
        time.sleep(0.5)


def _planned(server: PrefectServer) -> set[object]:
    runs = server.find("flow_runs")
    return {run["deployment_id"] for run in runs if run["state_type"] == "SCHEDULED"}
