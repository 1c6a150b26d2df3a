"""Builds the warehouse with dbt, in process, with the manifest kept: one writer at a time."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from core.errors import WorkbenchError

PROJECT_DIR = Path(__file__).resolve().parent.parent

# What a micro-batch runs: models that hold data, and the tests that guard publishing.
_MICRO_BATCH = [
    "--select",
    "resource_type:model,config.materialized:incremental",
    "resource_type:model,config.materialized:table",
    "tag:gate",
    "--indirect-selection",
    "empty",
]
# Unit tests need no data and guard changes of the project: they run with its tests.
_FULL = ["--full-refresh", "--exclude-resource-type", "unit_test"]


class BuildFailed(WorkbenchError):
    title = "Build failed"


class GateClosed(WorkbenchError):
    title = "Nothing was published"


@dataclass(frozen=True)
class NodeResult:
    """What became of one model or test; `seconds` is wall time."""

    name: str
    kind: str
    status: str
    seconds: float
    message: str

    @property
    def is_good(self) -> bool:
        return self.status in {"success", "pass", "no-op"}


def refuse_failures(results: list[NodeResult]) -> None:
    """Raises GateClosed, naming what failed, unless every model was built and every test passed."""
    if failed := [f"{result.name} ({result.status})" for result in results if not result.is_good]:
        raise GateClosed(f"The sets published before stay, because of: {', '.join(failed)}.")


class WarehouseBuilder:
    """Runs dbt on one warehouse. Not for parallel use: dbt keeps state in the process."""

    def __init__(self, *, warehouse_path: Path, lake_dir: Path, time_zone: str) -> None:
        self._warehouse_path = warehouse_path
        self._folder = warehouse_path.parent
        self._variables = {
            "warehouse_path": str(warehouse_path),
            "lake_dir": str(lake_dir),
            "time_zone": time_zone,
        }
        self._manifest: Manifest | None = None
        self._parsed = ""

    def build(self, as_of: datetime, *, full: bool = False) -> list[NodeResult]:
        """Returns what became of each model and test of a build that counts from `as_of`.

        A full build starts from nothing but the lake; else only what is new is worked in. The first
        build, the first after a change of the dbt project and the first after a full one that
        failed are always full. The caller holds `only_writer`.

        Raises:
            BuildFailed: dbt could not run at all.
        """
        project = _fingerprint(PROJECT_DIR)
        full = full or self._last_project() != project
        built = self._folder / "project.sha256"
        if full:
            built.unlink(missing_ok=True)
        try:
            self._parse(project, as_of)
            results = self._run_nodes(_FULL if full else _MICRO_BATCH, as_of)
        finally:
            _close_warehouse()
        if full and all(result.is_good for result in results):
            built.write_text(project)
        return results

    def _last_project(self) -> str | None:
        path = self._folder / "project.sha256"
        return path.read_text() if path.exists() and self._warehouse_path.exists() else None

    def _parse(self, project: str, as_of: datetime) -> None:
        if self._parsed != project:
            self._manifest = None
            self._manifest = self._run(["parse"], as_of).result
            self._parsed = project

    def _run_nodes(self, selection: list[str], as_of: datetime) -> list[NodeResult]:
        _forget_compilation(self._manifest)
        answer = self._run(["build", *selection, "--no-write-json"], as_of)
        return _node_results(answer.result)

    def _run(self, arguments: list[str], as_of: datetime) -> Any:
        variables = self._variables | {"as_of": as_of.isoformat()}
        places = {
            "--project-dir": PROJECT_DIR,
            "--profiles-dir": PROJECT_DIR / "dbt_project",
            "--target-path": self._folder / "target",
            "--log-path": self._folder / "logs",
            "--vars": json.dumps(variables),
        }
        answer = dbtRunner(manifest=self._manifest).invoke(
            ["--quiet", "--no-version-check", "--log-level-file", "none", *arguments]
            + [str(part) for place in places.items() for part in place]
        )
        if answer.result is None:
            raise BuildFailed(f"dbt could not run: {answer.exception}")
        return answer


def _forget_compilation(manifest: Any) -> None:
    # dbt injects the CTEs of ephemeral models once per manifest and takes that for granted later
    for node in manifest.nodes.values():
        if getattr(node, "extra_ctes_injected", False):
            node.extra_ctes_injected = False
            node.extra_ctes = []


def _close_warehouse() -> None:
    # dbt leaves the file open in this process, which would lock it for everyone else
    manager: Any = DuckDBConnectionManager
    if manager._ENV is not None:
        manager.env().close()
        manager.close_all_connections()


def _node_results(result: Any) -> list[NodeResult]:
    return [
        NodeResult(
            name=node.node.name,
            kind=str(node.node.resource_type),
            status=str(node.status),
            seconds=node.execution_time,
            message=node.message or "",
        )
        for node in result.results
    ]


def _fingerprint(project_dir: Path) -> str:
    files = [project_dir / "dbt_project.yml", *sorted((project_dir / "dbt_project").rglob("*.*"))]
    return sha256(b"".join(path.read_bytes() for path in files if path.is_file())).hexdigest()


@contextmanager
def only_writer(warehouse_path: Path) -> Iterator[None]:
    """Holds the warehouse for one build and its publishing; waits while another process has it."""
    warehouse_path.parent.mkdir(parents=True, exist_ok=True)
    with (warehouse_path.parent / "build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
