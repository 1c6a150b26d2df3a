"""When fits of a week or month are due, and what is told of them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest

from flows.archive import last_made_anew
from flows.refits import Period, began_on, newest_fits
from tests.flows.conftest import Built

CHICAGO = ZoneInfo("America/Chicago")


@pytest.mark.parametrize(
    ("period", "moment", "began"),
    [
        ("week", "2026-11-23T00:00:00-06:00", date(2026, 11, 23)),
        ("week", "2026-11-23T05:59:00+00:00", date(2026, 11, 16)),
        ("week", "2026-11-29T23:59:59-06:00", date(2026, 11, 23)),
        ("month", "2026-12-01T05:59:00+00:00", date(2026, 11, 1)),
        ("month", "2026-12-01T00:00:00-06:00", date(2026, 12, 1)),
    ],
)
def test_a_week_begins_on_its_monday_and_a_month_on_its_first(
    period: Period, moment: str, began: date
) -> None:
    assert began_on(period, datetime.fromisoformat(moment), CHICAGO) == began


def test_a_warehouse_that_was_never_published_was_not_made_anew(tmp_path: Path) -> None:
    assert last_made_anew(tmp_path) is None


@pytest.mark.parametrize("period", ["week", "month"])
def test_without_sessions_there_are_no_fits_to_tell(built: Built, period: Period) -> None:
    assert newest_fits(built.warehouse_path, period) == []


def test_the_newest_fits_are_told(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        connection.execute(
            "CREATE SCHEMA intermediate; CREATE TABLE intermediate.int_platform_levels AS "
            "SELECT week AS fit_week, 'no_show' AS outcome, week / 100 AS platform_rate, "
            "1.0 AS platform_level, 1.0 AS dispersion FROM (VALUES (1), (3), (2)) AS weeks (week)"
        )
    [row] = newest_fits(tmp_path / "w.duckdb", "week")
    assert row["outcome"] == "no_show" and float(row["platform_rate"]) == 0.03
