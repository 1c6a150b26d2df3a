"""The engine: a look at new data is a run that a real Prefect server knows."""

from __future__ import annotations

import asyncio

import pytest

from core.marts import Marts
from flows.runner import look
from tests.flows.conftest import AS_OF, PrefectServer


@pytest.fixture
def look_twice(prefect_running: PrefectServer, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What the runner did in two looks at the same data."""
    settings = prefect_running.settings
    for name, value in settings.as_environment().items():
        monkeypatch.setenv(name, value)

    async def twice() -> list[bool]:
        return [await look(settings, AS_OF, AS_OF) for _ in range(2)]

    with prefect_running.client_settings():
        return asyncio.run(twice())


def test_a_look_publishes_once_and_the_run_is_seen(
    prefect_running: PrefectServer, look_twice: list[bool]
) -> None:
    assert look_twice == [True, False]
    assert Marts(prefect_running.settings.marts_dir).published().number == 1
    (run,) = prefect_running.find("flow_runs")
    assert (run["name"], run["state_type"]) == ("records to 0", "COMPLETED")
    tasks = {task["name"]: task["state_type"] for task in prefect_running.find("task_runs")}
    names = ("build models", "check the gate", "publish marts", "send letters")
    assert tasks == dict.fromkeys(names, "COMPLETED")
    artifacts = prefect_running.find("artifacts")
    kinds = {artifact["key"]: artifact["type"] for artifact in artifacts}
    assert kinds == {"models": "table", "summary": "markdown"}
