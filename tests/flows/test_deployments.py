"""What is scheduled is known to a real Prefect server, and its scheduler plans runs of it."""

from __future__ import annotations

import time

from tests.flows.conftest import PrefectServer


def test_what_is_scheduled_is_planned(registered: PrefectServer) -> None:
    deployments = {found["id"]: found["name"] for found in registered.find("deployments")}
    assert sorted(deployments.values()) == ["alert", "lake-check", "nightly", "retention"]
    deadline = time.monotonic() + 90
    scheduled = {key for key, name in deployments.items() if name != "alert"}
    while not scheduled <= _planned(registered):
        assert time.monotonic() < deadline, "the scheduler plans nothing"
        time.sleep(0.5)


def _planned(server: PrefectServer) -> set[object]:
    runs = server.find("flow_runs")
    return {run["deployment_id"] for run in runs if run["state_type"] == "SCHEDULED"}
