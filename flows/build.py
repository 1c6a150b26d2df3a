"""Builds the warehouse: dbt in process for a full build, the SQL it compiled for a micro-batch."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from flows.micro_batch import Step, run_steps, steps_of
from flows.results import PROJECT_MARK, BuildFailed, NodeResult

PROJECT_DIR = Path(__file__).resolve().parent.parent

# What a micro-batch runs: models that hold data, and the tests that guard publishing.
_MICRO_BATCH = [
    "compile",
    "--select",
    "resource_type:model,config.materialized:incremental",
    "resource_type:model,config.materialized:table",
    "tag:gate",
    "--indirect-selection",
    "empty",
]
# Unit tests need no data and guard changes of the project: they run with its tests.
_FULL = ["build", "--full-refresh", "--exclude-resource-type", "unit_test"]
# compiled with this, the SQL asks for the moment when it runs; see the macro as_of()
_WHEN_RUN = "when run"


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
        self._manifest: Any = None
        self._steps: list[Step] = []
        self._parsed = ""

    def build(self, as_of: datetime, *, full: bool = False) -> list[NodeResult]:
        """Returns what became of each model and test of a build that counts from `as_of`.

        A full build starts from nothing but the lake; else only what is new is worked in. The first
        build, the first after a change of the dbt project and the first after a full one that
        failed are always full. The caller holds `only_writer`.

        Raises:
            BuildFailed: dbt could not run at all.
        """
        project = _fingerprint(PROJECT_DIR, self._variables["time_zone"])
        try:
            self._parse(project)
            if full or self._last_project() != project:
                return self._build_all(project, as_of)
            self._compile()
        finally:
            _close_warehouse()
        return run_steps(self._warehouse_path, self._steps, as_of)

    def _build_all(self, project: str, as_of: datetime) -> list[NodeResult]:
        built = self._folder / PROJECT_MARK
        built.unlink(missing_ok=True)
        _forget_compilation(self._manifest)
        results = _node_results(self._run([*_FULL, "--no-write-json"], as_of.isoformat()))
        if all(result.is_good for result in results):
            built.write_text(project)
        return results

    def _compile(self) -> None:
        if not self._steps:
            _forget_compilation(self._manifest)
            compiled = self._run([*_MICRO_BATCH, "--no-write-json"], _WHEN_RUN)
            nodes = [result.node for result in compiled.results]
            self._steps = steps_of(nodes, self._manifest.parent_map)

    def _last_project(self) -> str | None:
        path = self._folder / PROJECT_MARK
        return path.read_text() if path.exists() and self._warehouse_path.exists() else None

    def _parse(self, project: str) -> None:
        if self._parsed != project:
            self._manifest, self._steps = None, []
            self._manifest = self._run(["parse"], _WHEN_RUN)
            self._parsed = project

    def _run(self, arguments: list[str], as_of: str) -> Any:
        variables = self._variables | {"as_of": as_of}
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
        return answer.result


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


def _fingerprint(project_dir: Path, time_zone: str) -> str:
    files = [project_dir / "dbt_project.yml", *sorted((project_dir / "dbt_project").rglob("*.*"))]
    content = b"".join(path.read_bytes() for path in files if path.is_file())
    return sha256(time_zone.encode() + content).hexdigest()


@contextmanager
def only_writer(warehouse_path: Path) -> Iterator[None]:
    """Holds the warehouse for one build and its publishing; waits while another process has it."""
    warehouse_path.parent.mkdir(parents=True, exist_ok=True)
    with (warehouse_path.parent / "build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
