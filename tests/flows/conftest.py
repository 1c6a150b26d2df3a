"""A small warehouse file, and a real Prefect server, each in a temporary folder."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import httpx
import pytest

from cli.processes import prefect_environment, prefect_server
from cli.startup import give_prefect_a_database
from core import lake
from core.secrets import prefect_login
from core.settings import Settings, child_environment, load_settings
from flows.build import WarehouseBuilder
from flows.results import NodeResult

AS_OF = datetime(2026, 11, 20, 18, tzinfo=UTC)

REGISTER = """
import asyncio, sys
from pathlib import Path
from flows.deployments import _register

done = Path(sys.argv[1])
for _ in range(2):
    done.unlink(missing_ok=True)
    asyncio.run(_register(done))
"""


def fill_warehouse(path: Path, number: int) -> None:
    """Leaves a warehouse whose mart `numbers` says `number`, among schemas that stay private."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS marts; CREATE SCHEMA IF NOT EXISTS staging")
        connection.execute(
            f"CREATE OR REPLACE TABLE marts.numbers AS SELECT {number} AS number, "
            "[{'a': 1.5::DECIMAL(5, 1)}] AS parts, TIMESTAMPTZ '2026-11-20 18:00:00Z' AS at"
        )
        connection.execute("CREATE OR REPLACE TABLE marts.empty_one (id VARCHAR)")
        connection.execute(
            "CREATE OR REPLACE TABLE marts.fct_sessions AS "
            "SELECT 's' || day AS session_id, 't' AS tutor_id, 'completed' AS status, "
            "DATE '2026-10-01' + CAST(day AS INTEGER) AS session_date, 1::BIGINT AS built_seq "
            "FROM range(50) AS days (day)"
        )
        connection.execute("CREATE OR REPLACE TABLE staging.private AS SELECT 1 AS secret")


@dataclass
class Built:
    """An empty lake in a data folder, and what its first build said."""

    folder: Path
    results: list[NodeResult]

    @property
    def warehouse_path(self) -> Path:
        return self.folder / "warehouse" / "warehouse.duckdb"

    def build(self, as_of: datetime, *, full: bool = False) -> list[NodeResult]:
        return _builder(self.folder).build(as_of, 0, full=full)


def _builder(folder: Path) -> WarehouseBuilder:
    path = folder / "warehouse" / "warehouse.duckdb"
    path.parent.mkdir(exist_ok=True)
    return WarehouseBuilder(path, folder / "lake", "America/Chicago")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("built")
    lake.ensure(folder / "lake")
    return Built(folder, _builder(folder).build(AS_OF, 0))


@dataclass
class PrefectServer:
    """A Prefect server that runs, as `workbench up` runs it."""

    settings: Settings

    @property
    def environment(self) -> dict[str, str]:
        return child_environment(self.settings, prefect_environment(self.settings))

    def find(self, what: str) -> list[dict[str, object]]:
        """Returns all `flow_runs`, `task_runs` or `artifacts` there are."""
        user, _, password = prefect_login(self.settings.secrets_dir).partition(":")
        url = f"{self.settings.prefect_url}/api/{what}/filter"
        answer = httpx.post(url, auth=(user, password), json={}, timeout=30, trust_env=False)
        found: list[dict[str, object]] = answer.raise_for_status().json()
        return found


@pytest.fixture(scope="session")
def prefect_running(built: Built) -> Iterator[PrefectServer]:
    server = PrefectServer(
        load_settings(data_dir=built.folder, prefect_port=free_port(), as_of=AS_OF)
    )
    give_prefect_a_database(server.settings.prefect_home)
    process = prefect_server(server.settings, {})
    running = subprocess.Popen(process.command, env=server.environment)
    try:
        deadline = time.monotonic() + 120
        while not process.is_ready():
            assert running.poll() is None and time.monotonic() < deadline, "Prefect did not start"
            time.sleep(0.3)
        yield server
    finally:
        running.terminate()
        running.wait(timeout=20)


@pytest.fixture(scope="session")
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


def free_port() -> int:
    """Returns a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
