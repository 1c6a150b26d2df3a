"""The warehouse as it was known on a day: what came later than that is not in it."""

from __future__ import annotations

import shutil
from datetime import timedelta

import duckdb
import pytest

from core import lake
from core.lake import SESSIONS, TUTORS
from flows.build import WarehouseBuilder, only_writer
from flows.results import refuse_failures
from tests.warehouse.conftest import TinyWarehouse
from tests.warehouse.tiny_world import (
    AS_OF,
    Row,
    land,
    moment,
    month,
    profiles,
    rounded,
    session,
)

LATER = {"received_at": AS_OF + timedelta(days=1)}
BUILT = ("built_seq", "built_at", "reported_at", "ingest_seq")


def what_came_later() -> list[Row]:
    """Returns corrections and news of the days before, all told a day too late."""
    return [
        *(row | LATER for row in month("t-clean", moves=28)),
        session("m-old", "t-mover", moment(-9), "st-m", version=5, **LATER),
        session("unheard-of", "t-unheard-of", moment(-3), **LATER),
    ]


@pytest.fixture(scope="module")
def known_then(
    full_warehouse: TinyWarehouse, tmp_path_factory: pytest.TempPathFactory
) -> TinyWarehouse:
    """The full warehouse's day, built again after more had come."""
    folder = tmp_path_factory.mktemp("known")
    warehouse = TinyWarehouse(folder / "warehouse", folder / "lake")
    shutil.copytree(full_warehouse.lake_dir, warehouse.lake_dir)
    corrected = [row | {"version": 9} for row in what_came_later()]
    land(warehouse.lake_dir, SESSIONS, corrected, 50_000, is_backfill=False)
    [profile] = [row for row in profiles() if row["tutor_id"] == "t-bad"]
    left = profile | {"left_on": moment(-20).date(), "version": 9} | LATER
    land(warehouse.lake_dir, TUTORS, [left], 60_000, is_backfill=False)
    builder = WarehouseBuilder(
        warehouse.path, warehouse.lake_dir, "America/Chicago", known_by=AS_OF, pins=".as-known"
    )
    with only_writer(warehouse.path):
        seq = lake.read_watermark(warehouse.lake_dir).ingest_seq
        refuse_failures(builder.build(AS_OF, seq, full=True))
    return warehouse


def _marts(warehouse: TinyWarehouse) -> list[str]:
    with duckdb.connect(str(warehouse.path), read_only=True) as connection:
        found = connection.execute(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = 'marts' ORDER BY 1"
        ).fetchall()
    return [name for (name,) in found]


def test_what_came_later_changes_no_mart(
    full_warehouse: TinyWarehouse, known_then: TinyWarehouse
) -> None:
    marts = _marts(full_warehouse)
    assert {"fct_sessions", "rpt_tutor_scorecards", "fct_score_evidence"} < set(marts)
    for mart in marts:
        then, now = (
            sorted(
                repr([(name, rounded(row[name])) for name in row if name not in BUILT])
                for row in warehouse.rows(f"FROM {mart}")
            )
            for warehouse in (full_warehouse, known_then)
        )
        assert now == then, mart


def test_a_rebuild_leaves_the_lake_as_it_was(known_then: TinyWarehouse) -> None:
    links = {path.name for path in known_then.lake_dir.glob(".*/*/*/*")}
    assert links == {lake.EMPTY_FILE}  # or the views of the warehouse could not be asked
