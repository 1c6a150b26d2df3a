"""41,911 records that nobody made up, through real processes, against an independent count."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from bench.system import System, is_ready, wait_until
from cli.posting import accepted_seq
from core.errors import MartsNotPublished
from core.marts import Marts

LOG = Path(__file__).resolve().parents[1] / "data" / "real_log.ndjson.gz"
RECORDS = 41_911

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def counted() -> pl.DataFrame:
    """The log, read by polars alone."""
    with gzip.open(LOG) as file:
        return pl.read_ndjson(file.read(), infer_schema_length=None)


@pytest.fixture(scope="module")
def system(make_system: Callable[..., System]) -> System:
    """A running workbench that was given the log as history."""
    system = make_system("real", mail_recipients=["coach@workbench.example"])
    system.start("up")
    wait_until(lambda: is_ready(system), 180, "all processes ready")
    posted = system.run("ingest", str(LOG), "--backfill")
    assert posted.returncode == 0, posted.stdout + posted.stderr
    assert f"{RECORDS:,} accepted, 0 duplicates, 0 rejected" in posted.stdout
    wait_until(lambda: _is_published(system), 300, "the log published")
    return system


def _is_published(system: System) -> bool:
    try:
        published = Marts(system.settings.marts_dir).published()
    except MartsNotPublished:
        return False
    return published.ingest_seq >= accepted_seq(system.settings)


def _rows(system: System, query: str) -> list[dict[str, Any]]:
    return Marts(system.settings.marts_dir).rows(query)


def test_every_record_is_one_session(system: System) -> None:
    assert _rows(system, "SELECT count(*) AS n FROM fct_sessions") == [{"n": RECORDS}]


def test_counts_per_tutor_equal_an_independent_count(system: System, counted: pl.DataFrame) -> None:
    expected = dict(counted.group_by("tutor_id").len().iter_rows())
    found = _rows(system, "SELECT tutor_id, count(*) AS n FROM fct_sessions GROUP BY 1")
    assert {row["tutor_id"]: row["n"] for row in found} == expected


def test_cancellations_by_cause_equal_an_independent_count(
    system: System, counted: pl.DataFrame
) -> None:
    cause = pl.col("cancellation").struct.field("initiator").alias("cause")
    # what fails with half of all at that hour is the platform's, whoever it was put down to
    query = "SELECT session_id FROM fct_sessions WHERE outage_reason IS NOT NULL"
    in_outage = [row["session_id"] for row in _rows(system, query)]
    assert len(in_outage) < counted.height / 1000
    told = counted.filter(~pl.col("session_id").is_in(in_outage))
    cancelled = told.filter(pl.col("status") == "cancelled").select(cause)
    expected = dict(cancelled.group_by("cause").len().iter_rows())
    query = (
        "SELECT caused_by, count(*) AS n FROM fct_sessions "
        "WHERE status = 'cancelled' AND outage_reason IS NULL GROUP BY 1"
    )
    assert {row["caused_by"]: row["n"] for row in _rows(system, query)} == expected


def test_mean_lateness_equals_an_independent_mean(system: System, counted: pl.DataFrame) -> None:
    moments = [
        pl.col(name).str.to_datetime("%Y-%m-%dT%H:%M:%S%z", time_zone="UTC")
        for name in ("tutor_joined_at", "scheduled_start")
    ]
    late = (moments[0] - moments[1]).dt.total_seconds() / 60
    expected = counted.select(late.mean()).item()
    found = _rows(system, "SELECT avg(tutor_late_minutes) AS minutes FROM fct_sessions")
    assert found[0]["minutes"] == pytest.approx(expected, rel=1e-12)


def test_nothing_was_mailed(system: System) -> None:
    assert _rows(system, "SELECT count(*) AS n FROM rpt_session_reports") == [{"n": 0}]


def test_counted_from_today_the_log_is_too_old_for_scores(system: System) -> None:
    states = _rows(system, "SELECT DISTINCT state, score FROM rpt_tutor_scorecards")
    assert states == [{"state": "not_enough_recent_data", "score": None}]


def test_posted_again_it_adds_not_one_row_anywhere(system: System) -> None:
    before = _footprint(system)
    again = system.run("ingest", str(LOG), "--backfill")
    assert f"0 accepted, {RECORDS:,} duplicates, 0 rejected" in again.stdout
    assert _footprint(system) == before


def _footprint(system: System) -> tuple[int, int, int]:
    parquet = f"{system.settings.lake_dir}/sessions/*/*.parquet"
    lake = duckdb.connect().execute(f"SELECT count(*) FROM '{parquet}'").fetchall()[0][0]
    marts = _rows(system, "SELECT count(*) AS n FROM fct_sessions")[0]["n"]
    return accepted_seq(system.settings), lake, marts


def test_counted_from_the_end_of_2011_its_tutors_have_scores(
    system: System, counted: pl.DataFrame
) -> None:
    assert system.stop() < 10
    built = system.run("build", "--as-of", "2011-12-31")
    assert built.returncode == 0, built.stdout + built.stderr
    published = Marts(system.settings.marts_dir).published()
    assert datetime.fromisoformat(published.as_of) == datetime(2011, 12, 31, tzinfo=UTC)
    scored = "SELECT tutor_id FROM rpt_tutor_scorecards WHERE state = 'scored'"
    found = {row["tutor_id"] for row in _rows(system, scored)}
    # who has not been seen for 90 days has no score, however much there was before
    assert len(found) > 75
    assert found <= _seen_since(counted, "2011-10-01")


def _seen_since(counted: pl.DataFrame, day: str) -> set[str]:
    return set(counted.filter(pl.col("scheduled_start") >= day)["tutor_id"])
