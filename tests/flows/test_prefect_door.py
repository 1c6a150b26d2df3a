"""The Prefect server answers nobody without its password, and no other page of a browser."""

from __future__ import annotations

import httpx
import pytest

from cli.processes import prefect_environment
from core.secrets import prefect_login
from tests.flows.conftest import PrefectServer

FOREIGN = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}


@pytest.mark.parametrize("path", ["flow_runs/filter", "block_documents/filter", "logs/filter"])
def test_nothing_is_told_without_the_password(prefect_running: PrefectServer, path: str) -> None:
    url = f"{prefect_running.settings.prefect_url}/api/{path}"
    answer = httpx.post(url, json={}, auth=("workbench", "guess"), trust_env=False, timeout=30)
    assert answer.status_code == 401
    assert httpx.post(url, json={}, trust_env=False, timeout=30).status_code == 401


def test_pages_of_other_origins_may_not_ask(prefect_running: PrefectServer) -> None:
    url = f"{prefect_running.settings.prefect_url}/api/flow_runs/filter"
    user, _, password = prefect_login(prefect_running.settings.secrets_dir).partition(":")
    asked = httpx.options(url, headers=FOREIGN, trust_env=False, timeout=30)
    assert "access-control-allow-origin" not in asked.headers
    answer = httpx.post(
        url, json={}, auth=(user, password), headers=FOREIGN, trust_env=False, timeout=30
    )
    assert answer.headers.get("access-control-allow-origin") not in {"*", FOREIGN["Origin"]}


def test_it_tells_nobody_outside(prefect_running: PrefectServer) -> None:
    settings = prefect_environment(prefect_running.settings)
    assert settings["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert settings["DO_NOT_TRACK"] == "1"
    user, _, password = prefect_login(prefect_running.settings.secrets_dir).partition(":")
    url = f"{prefect_running.settings.prefect_url}/api/admin/settings"
    told = httpx.get(url, auth=(user, password), trust_env=False, timeout=30).json()
    assert told["server"]["analytics_enabled"] is False
    vacuum = told["server"]["services"]["db_vacuum"]["enabled"]
    assert set(vacuum) == {"events", "flow_runs"}  # or the database grows for ever
