"""When the runner builds, and when it builds from nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.marts import Published
from flows.runner import rest_seconds, wants_full_build, wants_refresh

ZONE = "America/Chicago"
NOON = datetime(2026, 11, 20, 18, tzinfo=UTC)
QUARTER = timedelta(days=90)


def _published(as_of: datetime = NOON, ingest_seq: int = 10) -> Published:
    moment = as_of.isoformat()
    return Published(1, "marts-1.duckdb", moment, moment, ingest_seq)


def test_the_first_set_and_new_records_are_wanted() -> None:
    assert wants_refresh(0, None, NOON, ZONE)
    assert wants_refresh(11, _published(), NOON, ZONE)
    assert not wants_refresh(10, _published(), NOON, ZONE)


@pytest.mark.parametrize(
    ("moment", "is_wanted"),
    [
        ("2026-11-20T23:59:59-06:00", False),
        ("2026-11-21T00:00:00-06:00", True),
        ("2026-11-21T00:00:00+00:00", False),
        ("2026-11-20T00:00:00-06:00", False),
        ("2011-12-31T00:00:00-06:00", True),
    ],
)
def test_a_new_day_begins_at_midnight_of_the_business(moment: str, is_wanted: bool) -> None:
    assert wants_refresh(10, _published(), datetime.fromisoformat(moment), ZONE) is is_wanted


@pytest.mark.parametrize(
    ("moved", "is_full"),
    [
        (timedelta(0), False),
        (timedelta(hours=-3), False),
        (timedelta(hours=-13), True),
        (timedelta(days=-5_000), True),
        (timedelta(days=1), False),
        (timedelta(days=90), False),
        (timedelta(days=91), True),
    ],
)
def test_a_day_that_went_back_or_far_ahead_is_built_from_nothing(
    moved: timedelta, is_full: bool
) -> None:
    assert wants_full_build(_published(), NOON + moved, ZONE, QUARTER) is is_full


def test_the_first_build_is_the_builders_own_decision() -> None:
    assert not wants_full_build(None, NOON, ZONE, QUARTER)


@pytest.mark.parametrize(("took", "rest"), [(0.2, 0.8), (0.9, 0.25), (3.0, 0.25)])
def test_runs_begin_a_second_apart_or_more(took: float, rest: float) -> None:
    assert rest_seconds(took, 0.25) == pytest.approx(rest)
