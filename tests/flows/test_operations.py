"""Whoever runs the workbench is told of builds, runs, letters and money, as they really are."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import httpx

from api.operations_parts import flows_part, freshness_part
from core.secrets import prefect_login
from core.settings import load_settings
from flows.operations import FlowsDesk
from tests.flows.conftest import AS_OF, Built, PrefectServer

ZONE = "America/Chicago"


def _post(server: PrefectServer, path: str, body: dict[str, object]) -> dict[str, object]:
    user, _, password = prefect_login(server.settings.secrets_dir).partition(":")
    url = f"{server.settings.prefect_url}/api/{path}"
    for _ in range(20):
        answer = httpx.post(url, auth=(user, password), json=body, timeout=30, trust_env=False)
        if answer.status_code != 503:  # its database is busy with planning runs
            break
        time.sleep(0.5)
    found: dict[str, object] = answer.raise_for_status().json()
    return found


def _run(server: PrefectServer, deployment: str, state: str) -> None:
    [found] = [one for one in server.find("deployments") if one["name"] == deployment]
    run = _post(server, f"deployments/{found['id']}/create_flow_run", {})
    for kind in ("PENDING", "RUNNING", state):
        told = {"state": {"type": kind, "name": kind.title()}}
        _post(server, f"flow_runs/{run['id']}/set_state", told)


def test_the_last_run_of_each_flow_is_told_and_what_failed_stands_out(
    registered: PrefectServer,
) -> None:
    _run(registered, "retention", "FAILED")
    _run(registered, "retention", "COMPLETED")
    _run(registered, "prune", "FAILED")
    runs = {run["flow"]: run for run in FlowsDesk(registered.settings).runs() or []}
    assert runs["retention"]["state"] == "Completed"
    assert runs["prune"]["state"] == "Failed"
    page = flows_part(FlowsDesk(registered.settings), ZONE, datetime.now(UTC))
    assert '<span class="bad">▲ Failed</span>' in page and "prune" in page


def test_the_last_full_build_is_told_with_its_tests(built: Built) -> None:
    desk = FlowsDesk(load_settings(data_dir=built.folder, prefect_port=1))
    build = desk.build()
    assert build is not None
    assert build["failed"] == [] and build["tests"] > 100 and build["models"] > 80
    page = flows_part(desk, ZONE, AS_OF)
    assert f"{build['tests']:,}, all passed" in page
    assert "Prefect does not answer" in page
    assert "$0.00 of $" in page


def test_before_the_first_build_it_says_so_and_makes_nothing(built: Built) -> None:
    settings = load_settings(data_dir=built.folder / "elsewhere", prefect_port=1)
    desk = FlowsDesk(settings)
    assert desk.build() is None and desk.letters() == {}
    assert "None yet. The first one follows" in flows_part(desk, ZONE, AS_OF)
    assert not settings.outbox_path.exists() and not settings.reviews_path.exists()
    assert "runs without its flows" in flows_part(None, ZONE, AS_OF)


def test_a_build_that_failed_names_what_failed(built: Built) -> None:
    class Broken(FlowsDesk):
        def build(self) -> dict[str, object]:
            return {"at": AS_OF, "seconds": 3.0, "models": 2, "tests": 1, "failed": ["<sums>"]}

    page = flows_part(Broken(load_settings(data_dir=built.folder, prefect_port=1)), ZONE, AS_OF)
    assert "Failed, so nothing was published" in page and "&lt;sums&gt;" in page


def test_how_fast_sessions_are_told_is_of_those_that_are_known() -> None:
    day = dict.fromkeys(["within_ours_count", "beyond_ours_count"], 0)
    day |= {"within_promise_count": 2_981, "beyond_promise_count": 9}
    row = {"received_date": "2026-11-21", "session_count": 2_990, **day}
    row |= {"arrival_to_told_p50_seconds": 3.14, "arrival_to_told_p95_seconds": None}
    page = freshness_part([row])
    assert "2,981 of 2,990 within an hour" in page and "half in 3.1 s<" in page
    assert "not known how many within 10 s" in page
    assert "not known yet" in freshness_part([row | {"arrival_to_told_p50_seconds": None}])
    assert "measured each day" in freshness_part([])
