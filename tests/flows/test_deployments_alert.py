"""The automation in a real Prefect server: runs that fail alike start one alert."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.system import free_port
from core.settings import Settings, load_settings
from tests.flows.conftest import PrefectServer

NOW = datetime(2026, 11, 20, 18, 5, tzinfo=UTC)
# runs of one flow that fail one after the other, then one of another that is late
GO_WRONG = """
import asyncio
from prefect import flow, get_client
from prefect.states import Completed, Failed, Late

@flow
def breaks(): ...

@flow
def waits(): ...

async def main():
    async with get_client() as client:
        for flow, state in [(breaks, Failed), (breaks, Failed), (breaks, Failed), (waits, Late)]:
            run = await client.create_flow_run(flow, name="records to 7")
            await client.set_flow_run_state(run.id, state(), force=True)
        run = await client.create_flow_run(waits)
        await client.set_flow_run_state(run.id, Completed(), force=True)

asyncio.run(main())
"""
TELL_TWICE = """
import asyncio, json, sys
from flows.alerts import alert

async def twice(parameters):
    return [await alert(**parameters) for _ in range(2)]

print(json.dumps(asyncio.run(twice(json.loads(sys.argv[1])))))
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(
        data_dir=tmp_path, mail_recipients=["operator@company.example"], smtp_port=free_port()
    )


def test_an_automation_starts_one_alert_for_runs_that_fail_alike(
    registered: PrefectServer, settings: Settings
) -> None:
    environment = registered.environment | settings.as_environment()
    subprocess.run([sys.executable, "-c", GO_WRONG], env=environment, check=True, timeout=120)
    assert len(registered.find("automations")) == 1  # although it was registered twice
    told = _told(registered, 2)
    assert {(one["flow_name"], one["outcome"], one["run_name"]) for one in told} == {
        ("breaks", "Failed", "records to 7"),
        ("waits", "Late", "records to 7"),
    }
    command = [sys.executable, "-c", TELL_TWICE, json.dumps(told[0])]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert json.loads(said.stdout.splitlines()[-1]) == [1, 0], said.stderr


def _told(server: PrefectServer, count: int) -> list[dict[str, str]]:
    """Returns with what parameters alerts were started, once there are `count` or time is up."""
    deadline = time.monotonic() + 60
    while len(found := _alerts(server)) < count:
        assert time.monotonic() < deadline, f"{len(found)} alerts were started"
        time.sleep(0.3)
    time.sleep(2)  # for an alert too many
    found = _alerts(server)
    assert len(found) == count
    return found


def _alerts(server: PrefectServer) -> list[dict[str, str]]:
    [alert] = [one["id"] for one in server.find("deployments") if one["name"] == "alert"]
    runs = server.find("flow_runs")
    started = [run["parameters"] for run in runs if run["deployment_id"] == alert]
    ours = ("breaks", "waits")  # other tests have runs that fail, too
    return [one for one in started if isinstance(one, dict) and one["flow_name"] in ours]
