"""Builds the warehouse: dbt for a full build, the SQL it compiled for a micro-batch."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import duckdb

from flows.archive import BASE_MARK
from flows.dbt_process import Answer, FullBuild, run_dbt
from flows.micro_batch import make_indexes, run_steps
from flows.pins import PINS, pin_folder, pinned
from flows.results import PROJECT_MARK, NodeResult

_BUILT_UPTO = "SELECT ingest_seq FROM marts.rpt_freshness"
_NEW_HISTORY = """
    SELECT 1 FROM staging.stg_ingest__sessions
    WHERE ingest_seq > ? AND ingest_seq <= ? AND is_backfill LIMIT 1
"""
PROJECT_DIR = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class WarehouseBuilder:
    """Builds one warehouse from one lake; business days are cut in `time_zone`.

    With `known_by` only what was known then is read. `pins` names the folder of the build's links,
    `dbt` runs a full build.
    """

    warehouse_path: Path
    lake_dir: Path
    time_zone: str
    known_by: datetime | None = None
    pins: str = PINS
    dbt: Callable[[FullBuild], Answer] = run_dbt

    def build(
        self,
        as_of: datetime,
        ingest_seq: int,
        *,
        full: bool = False,
        keep_open: ExitStack | None = None,
    ) -> list[NodeResult]:
        """Returns what became of each model and test of a build that counts from `as_of`.

        Reads the records up to `ingest_seq`, the lake's watermark, and none that follow. A full
        build starts from nothing but the lake; else only what is new is worked in. The first build,
        the first after a change of the dbt project and the first after a full one that failed are
        always full. History that was filled in was known before, so every table is made anew, with
        the SQL that dbt compiled. The caller holds `only_writer`; given what that yields, as
        `keep_open`, the warehouse stays open for who publishes: closing it writes what changed.

        Raises:
            BuildFailed: dbt could not run at all.
        """
        project = self.project()
        if full or self._last_project() != project:
            return self._build_all(project, as_of, ingest_seq)
        if keep_open:
            keep_open.enter_context(duckdb.connect(str(self.warehouse_path)))
        steps = Answer.read(self._built)
        since = self._query(_BUILT_UPTO)[0][0]
        variables = {"as_of": as_of, "ingest_seq": ingest_seq, "built_upto": since}
        with pinned(self.lake_dir, since, self.pins):
            if not self._query(_NEW_HISTORY, since, ingest_seq):
                return run_steps(self.warehouse_path, steps.micro_batch, variables)
        self._base.unlink(missing_ok=True)
        self._mark.unlink()  # until it has its indexes again
        with pinned(self.lake_dir, name=self.pins):
            results = run_steps(self.warehouse_path, steps.anew, variables, anew=True)
        if keep_open:
            keep_open.close()
        make_indexes(self.warehouse_path, steps.anew)
        self._mark.write_text(project)
        return results

    def _query(self, query: str, *values: int) -> list[tuple[int]]:
        with duckdb.connect(str(self.warehouse_path)) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            return connection.execute(query, values).fetchall()

    @property
    def _mark(self) -> Path:
        return self.warehouse_path.parent / PROJECT_MARK

    @property
    def _base(self) -> Path:
        return self.warehouse_path.parent / BASE_MARK

    @property
    def _built(self) -> Path:
        return self.warehouse_path.parent / "built.json"

    def _build_all(self, project: str, as_of: datetime, ingest_seq: int) -> list[NodeResult]:
        self._mark.unlink(missing_ok=True)
        self._base.unlink(missing_ok=True)
        # a new file, so no room is lost to what was there; its name is said by compiled SQL
        draft = self.warehouse_path.parent / "full" / self.warehouse_path.name
        shutil.rmtree(draft.parent, ignore_errors=True)
        draft.parent.mkdir(parents=True)
        if self.warehouse_path.exists():
            _copy_snapshots(self.warehouse_path, draft)
        variables = {
            "warehouse_path": str(draft),
            "lake_dir": str(pin_folder(self.lake_dir, self.pins)),
            "time_zone": self.time_zone,
            "as_of": as_of.isoformat(),
            "ingest_seq": ingest_seq,
            "known_by": self.known_by.isoformat() if self.known_by else "",
        }
        folder = str(self.warehouse_path.parent)
        with pinned(self.lake_dir, name=self.pins):
            answer = self.dbt(FullBuild(str(PROJECT_DIR), folder, str(self._built), variables))
        if all(result.is_good for result in answer.results):
            make_indexes(draft, answer.anew)
            draft.replace(self.warehouse_path)
            self._mark.write_text(project)
            return _with_rows(self.warehouse_path, answer.results)
        return answer.results

    def _last_project(self) -> str | None:
        needed = (self._mark, self._built, self.warehouse_path)
        return self._mark.read_text() if all(path.exists() for path in needed) else None

    def project(self) -> str:
        """Returns what a full build depends on besides the data: another one builds anew."""
        # views and compiled SQL name the lake's folder, so a warehouse that moved is built anew
        dbt_files = sorted((PROJECT_DIR / "dbt_project").rglob("*.*"))
        files = [PROJECT_DIR / "dbt_project.yml", *(path for path in dbt_files if path.is_file())]
        content = b"".join(path.read_bytes() for path in files)
        return sha256(f"{self.time_zone} {self.lake_dir} ".encode() + content).hexdigest()


def _with_rows(warehouse_path: Path, results: list[NodeResult]) -> list[NodeResult]:
    """Returns the results with how many rows each table has; dbt does not tell."""
    with duckdb.connect(str(warehouse_path), read_only=True) as connection:
        query = "SELECT table_name, estimated_size FROM duckdb_tables()"
        rows = dict(connection.execute(query).fetchall())
    return [replace(result, rows=rows.get(result.name)) for result in results]


def _copy_snapshots(warehouse_path: Path, draft: Path) -> None:
    """Takes along the one thing that cannot be made from the lake: what was seen on each night."""
    with duckdb.connect(str(draft)) as connection:
        path_text = str(warehouse_path).replace("'", "''")
        connection.execute(f"ATTACH '{path_text}' AS before (READ_ONLY)")
        tables = connection.execute(
            "SELECT table_name FROM duckdb_tables() "
            "WHERE database_name = 'before' AND schema_name = 'snapshots'"
        ).fetchall()
        connection.execute("CREATE SCHEMA snapshots")
        for (table,) in tables:
            connection.execute(f"CREATE TABLE snapshots.{table} AS FROM before.snapshots.{table}")


@contextmanager
def only_writer(warehouse_path: Path) -> Iterator[ExitStack]:
    """Holds the warehouse for one build and its publishing; waits while another process has it.

    What is put on the stack that it yields is closed before another may write.
    """
    warehouse_path.parent.mkdir(parents=True, exist_ok=True)
    with (warehouse_path.parent / "build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with ExitStack() as until_done:
            yield until_done
