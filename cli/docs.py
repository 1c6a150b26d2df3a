"""`workbench docs`: the warehouse's documentation as one page."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from core import lake
from core.settings import Settings
from flows.build import WarehouseBuilder, only_writer
from flows.dbt_tools import write_docs
from flows.results import refuse_failures


def build_docs(settings: Settings) -> Path:
    """Returns the page just written: every model, column, test and metric, and what reads what.

    It is made from a warehouse without data, so that it waits for nobody and holds no names.

    Raises:
        GateClosed: the project cannot be built.
    """
    with TemporaryDirectory() as folder:
        lake_dir, path = Path(folder) / "lake", Path(folder) / "warehouse" / "warehouse.duckdb"
        lake.ensure(lake_dir)
        with only_writer(path):
            builder = WarehouseBuilder(path, lake_dir, settings.time_zone)
            refuse_failures(builder.build(datetime.now(UTC), 0, full=True))
            return write_docs(path, lake_dir, settings.docs_path)
