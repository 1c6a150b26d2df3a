"""One tiny world built twice: all at once, and from an empty lake in three micro-batches."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core import lake
from flows.build import WarehouseBuilder, only_writer
from flows.pins import pinned
from flows.results import NodeResult, refuse_failures
from tests.warehouse.template import ZONE, fill, keep_template_in, start_from, template
from tests.warehouse.tiny_world import AS_OF, BATCHES, land_batch

Row = dict[str, Any]


@dataclass
class TinyWarehouse:
    """A lake and the warehouse built from it."""

    folder: Path
    lake_dir: Path

    @property
    def path(self) -> Path:
        return self.folder / "warehouse.duckdb"

    def copy_to(self, folder: Path) -> TinyWarehouse:
        """Returns a copy of the warehouse as it is now, over the same lake."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return TinyWarehouse(folder, self.lake_dir)

    def build(self, as_of: datetime, *, full: bool = False) -> list[NodeResult]:
        return self.build_upto(lake.read_watermark(self.lake_dir).ingest_seq, as_of, full=full)

    def build_upto(
        self, ingest_seq: int, as_of: datetime, *, full: bool = False
    ) -> list[NodeResult]:
        """Returns what became of a build; only a `full` one is dbt's, see `template`."""
        builder = WarehouseBuilder(self.path, self.lake_dir, ZONE)
        with only_writer(self.path):
            if full or self.path.exists():
                return builder.build(as_of, ingest_seq, full=full)
            with pinned(self.lake_dir):
                start_from(template(), builder)
            return fill(builder, as_of, ingest_seq)

    def rows(self, query: str, *values: Any) -> list[Row]:
        """Returns the rows of a query over the marts."""
        with duckdb.connect(str(self.path), read_only=True) as connection:
            connection.execute("SET TimeZone = 'UTC'; SET schema = 'marts'")
            cursor = connection.execute(query, values)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def one(self, table: str, **keys: Any) -> Row:
        """Returns the one row of a mart with these values."""
        wanted = " AND ".join(f"{name} = '{value}'" for name, value in keys.items()) or "true"
        (row,) = self.rows(f"SELECT * FROM {table} WHERE {wanted}")
        return row

    def components(self, tutor_id: str) -> dict[str, Row]:
        """Returns the receipt of a tutor's score by component."""
        receipt = self.one("rpt_tutor_scorecards", tutor_id=tutor_id)["components"]
        return {part["component"]: part for part in receipt}


def first_start(folder: Path) -> TinyWarehouse:
    """Returns the warehouse of an empty lake, both in `folder`, built the day before."""
    warehouse = TinyWarehouse(folder / "warehouse", folder / "lake")
    lake.ensure(warehouse.lake_dir)
    refuse_failures(warehouse.build(AS_OF - timedelta(days=1)))
    return warehouse


@pytest.fixture(scope="session", autouse=True)
def template_folder(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    own = tmp_path_factory.getbasetemp()
    # workers of one run share what is around their own folders
    shared = own.parent if hasattr(request.config, "workerinput") else own
    keep_template_in(shared / "template")


@pytest.fixture(scope="session")
def full_warehouse(tmp_path_factory: pytest.TempPathFactory) -> TinyWarehouse:
    """The whole tiny world, built at once."""
    folder = tmp_path_factory.mktemp("o'brien and sons")
    warehouse = TinyWarehouse(folder / "warehouse", folder / "lake")
    for number in range(1, BATCHES + 1):
        land_batch(warehouse.lake_dir, number)
    refuse_failures(warehouse.build(AS_OF, full=True))
    return warehouse


@pytest.fixture(scope="session")
def empty_warehouse(tmp_path_factory: pytest.TempPathFactory) -> TinyWarehouse:
    """A warehouse as it is on the first start, the day before: nothing has landed yet."""
    return first_start(tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="session")
def grown_warehouse(
    empty_warehouse: TinyWarehouse, tmp_path_factory: pytest.TempPathFactory
) -> TinyWarehouse:
    """The same tiny world, worked in by micro-batches after a first start with nothing."""
    grown = empty_warehouse.copy_to(tmp_path_factory.mktemp("grown"))
    for number in range(1, BATCHES + 1):
        land_batch(grown.lake_dir, number)
        refuse_failures(grown.build(AS_OF))
    return grown
