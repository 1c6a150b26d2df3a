"""A flag for getting worse: against the own past and the platform, seen twice, and cleared."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.lake import SESSIONS
from flows.results import refuse_failures
from tests.warehouse.conftest import Row, TinyWarehouse
from tests.warehouse.flag_world import STEADY, stretch
from tests.warehouse.tiny_world import AS_OF, land, moment, rounded, session


def _sessions() -> Iterator[Row]:
    for tutor_id in STEADY:
        yield from stretch(tutor_id, 170, 1, a_day=1, kept_of=(9, 10))
    # kept nine of ten for months, and then every second one
    yield from stretch("t-turned", 170, 31, a_day=1, kept_of=(9, 10))
    yield from stretch("t-turned", 30, 1, a_day=2, kept_of=(1, 2))
    # always so: bad, but no worse than before
    yield from stretch("t-always", 170, 1, a_day=1, kept_of=(1, 2))
    # perfect for months, and now as everybody
    yield from stretch("t-perfect", 170, 31, a_day=1, kept_of=(1, 1))
    yield from stretch("t-perfect", 30, 1, a_day=1, kept_of=(9, 10))
    # bad from the first day, a month ago
    yield from stretch("t-beginner", 30, 1, a_day=2, kept_of=(1, 2))


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> TinyWarehouse:
    folder = tmp_path_factory.mktemp("drift")
    warehouse = TinyWarehouse(folder / "warehouse", folder / "lake")
    land(warehouse.lake_dir, SESSIONS, _sessions(), 1)
    refuse_failures(warehouse.build(AS_OF))
    return warehouse


def _flags(warehouse: TinyWarehouse) -> list[Row]:
    return warehouse.rows("FROM fct_flags WHERE kind = 'drift' ORDER BY flag_id")


def test_only_who_got_worse_than_before_and_than_others_is_flagged(company: TinyWarehouse) -> None:
    (flag,) = _flags(company)
    assert (flag["tutor_id"], flag["is_open"]) == ("t-turned", True)
    assert flag["ratio"] > 1.5 and flag["ratio_low"] > 1 and flag["points"] is None
    assert flag["rate"] == pytest.approx(flag["ratio"] * flag["platform_rate"])
    assert 7 <= (AS_OF.date() - flag["opened_on"]).days <= 23


def test_always_bad_is_another_kind(company: TinyWarehouse) -> None:
    flags = company.rows("FROM fct_flags WHERE tutor_id = 't-always' AND is_open")
    assert [flag["kind"] for flag in flags] == ["reliability"]


def test_a_drift_is_listed_with_what_would_clear_it_and_what_it_costs(
    company: TinyWarehouse,
) -> None:
    (flag,) = _flags(company)
    words = f"Clears after about {flag['sessions_to_clear']} sessions kept in a row."
    assert flag["clears_text"] == words and flag["avoidable_event_count"] > 1
    entry = company.one("rpt_needs_attention", tutor_id="t-turned")
    assert flag["flag_id"] in entry["flag_ids"]


def test_so_many_kept_sessions_clear_it_and_a_full_build_agrees(company: TinyWarehouse) -> None:
    (flag,) = _flags(company)
    count = flag["sessions_to_clear"]
    kept = [session(f"kept-{n}", "t-turned", moment(0, hour=13)) for n in range(count + 4)]
    land(company.lake_dir, SESSIONS, kept, 900_000, is_backfill=False)
    refuse_failures(company.build(AS_OF))
    (cleared,) = _flags(company)
    assert not cleared["is_open"]
    query = "FROM intermediate.int_tutor_drift_days ORDER BY tutor_id, score_date"
    grown = [rounded(row | {"built_seq": 0}) for row in company.rows(query)]
    refuse_failures(company.build(AS_OF, full=True))
    assert grown == [rounded(row | {"built_seq": 0}) for row in company.rows(query)]
