"""The warehouse of an empty lake, made by dbt once; every other tiny one starts from a copy of it.

dbt takes a minute for what its SQL does in two seconds. The copy is filled by the SQL that dbt
compiled, and all data tests of the project are run on it, as dbt would.
"""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path

import duckdb

from core import lake
from core.lake import write_durably
from flows.build import WarehouseBuilder, only_writer
from flows.dbt_process import FULL, Answer, FullBuild, answer_build, compiled_steps, invoke, run_dbt
from flows.micro_batch import Step, make_indexes, run_steps
from flows.pins import pin_folder, pinned
from flows.results import PROJECT_MARK, NodeResult, refuse_failures
from tests.warehouse.tiny_world import AS_OF

ZONE = "America/Chicago"
_BUILT, _TESTS = "built.json", "tests.json"
_DATA_TESTS = ["compile", "--select", "test_type:data"]


_place: list[Path] = []


def keep_template_in(folder: Path) -> None:
    """Says where the template will be made, once somebody wants it."""
    _place[:] = [folder]


@cache
def template() -> Path:
    """Returns the folder of the warehouse that dbt built of an empty lake."""
    [folder] = _place
    path, lake_dir = folder / "warehouse" / "warehouse.duckdb", folder / "lake"
    builder = WarehouseBuilder(path, lake_dir, ZONE, dbt=partial(run_dbt, module=__name__))
    with only_writer(path):  # another worker may be making it
        if not (path.parent / PROJECT_MARK).exists():
            lake.ensure(lake_dir)
            refuse_failures(builder.build(AS_OF - timedelta(days=1), 0))
    return folder


def start_from(made: Path, builder: WarehouseBuilder) -> None:
    """Leaves a copy of the template as the warehouse of `builder`, reading the builder's lake."""
    here, there = str(pin_folder(builder.lake_dir)), str(pin_folder(made / "lake"))
    folder = builder.warehouse_path.parent
    shutil.copy(made / "warehouse" / "warehouse.duckdb", builder.warehouse_path)
    for name in (_BUILT, _TESTS):
        words = (made / "warehouse" / name).read_text()
        # as JSON has it, and in it as SQL has it
        old, new = (json.dumps(path.replace("'", "''"))[1:-1] for path in (there, here))
        (folder / name).write_text(words.replace(old, new))
    _read_other_lake(builder.warehouse_path, there.replace("'", "''"), here.replace("'", "''"))
    (folder / PROJECT_MARK).write_text(builder.project())


def fill(builder: WarehouseBuilder, as_of: datetime, ingest_seq: int) -> list[NodeResult]:
    """Returns what became of each table, made anew from the lake, and of each data test."""
    steps = Answer.read(builder.warehouse_path.parent / _BUILT).anew
    found = json.loads((builder.warehouse_path.parent / _TESTS).read_text())
    variables = {"as_of": as_of, "ingest_seq": ingest_seq, "built_upto": 0}
    tests = [Step(**step) for step in found]
    with pinned(builder.lake_dir):
        results = run_steps(builder.warehouse_path, [*steps, *tests], variables, anew=True)
    make_indexes(builder.warehouse_path, steps)
    return results


def _read_other_lake(warehouse_path: Path, there: str, here: str) -> None:
    with duckdb.connect(str(warehouse_path)) as connection:
        views = connection.execute(
            "SELECT sql FROM duckdb_views() WHERE NOT internal AND contains(sql, ?)", [there]
        ).fetchall()
        assert views
        for (sql,) in views:
            anew = sql.replace("CREATE VIEW", "CREATE OR REPLACE VIEW", 1)
            connection.execute(anew.replace(there, here))


def main() -> None:
    """Builds as `flows.dbt_process` does, and compiles the data tests too."""
    build = FullBuild(**json.load(sys.stdin))
    answer_build(build, lambda build: invoke(build, [*FULL, "--no-write-json"]))
    steps = [asdict(step) for step in compiled_steps(build, _DATA_TESTS)]
    write_durably(Path(build.folder) / _TESTS, json.dumps(steps).encode())


if __name__ == "__main__":
    main()
