"""What is scheduled is known to a real Prefect server, and its scheduler plans runs of it."""

from __future__ import annotations

import time
from importlib import import_module
from pkgutil import walk_packages

from prefect import Flow

import flows
from tests.flows.conftest import PrefectServer

SCHEDULED = {
    "lake-check",
    "monthly-risk-stack",
    "nightly",
    "prune",
    "retention",
    "reviews",
    "themes",
    "weekly-case-mix",
}
BY_HAND = {"alert", "backfill", "erasure", "resend"}


def test_what_is_scheduled_is_planned(registered: PrefectServer) -> None:
    deployments = {found["id"]: found["name"] for found in registered.find("deployments")}
    assert set(deployments.values()) == SCHEDULED | BY_HAND
    deadline = time.monotonic() + 90
    while {deployments[key] for key in _planned(registered)} - BY_HAND != SCHEDULED:
        assert time.monotonic() < deadline, "the scheduler plans nothing"
        time.sleep(0.5)


def test_each_says_what_it_does_and_runs_one_at_a_time(registered: PrefectServer) -> None:
    for found in registered.find("deployments"):
        assert found["description"] and found["tags"], found["name"]
        limit = found["global_concurrency_limit"]
        assert (limit is not None) == (found["name"] != "alert"), found["name"]


def test_every_flow_says_how_its_runs_are_named() -> None:
    modules = [import_module(found.name) for found in walk_packages(flows.__path__, "flows.")]
    found = {one for module in modules for one in vars(module).values() if isinstance(one, Flow)}
    assert len(found) >= len(SCHEDULED | BY_HAND)
    assert [one.name for one in found if one.flow_run_name is None] == []


def _planned(server: PrefectServer) -> set[object]:
    runs = server.find("flow_runs")
    planned = {run["deployment_id"] for run in runs if run["state_type"] == "SCHEDULED"}
    return planned - {None}
