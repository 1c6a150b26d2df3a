"""Moved sessions: each slot stays what it was, and the last one leads back to the first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.lake import SESSIONS
from flows.results import refuse_failures
from tests.warehouse.conftest import Row, TinyWarehouse
from tests.warehouse.tiny_world import AS_OF, land, moment, moved, session

CHAINS = "SELECT session_id, first_session_id, move_count FROM fct_reschedule_chains ORDER BY 1"


def test_moving_a_session_does_not_erase_its_reschedule(full_warehouse: TinyWarehouse) -> None:
    old = full_warehouse.one("fct_sessions", session_id="m-old")
    assert (old["status"], old["caused_by"], old["counts_for_tutor"]) == (
        "rescheduled",
        "tutor",
        True,
    )
    evidence = full_warehouse.rows(
        "FROM fct_score_evidence WHERE session_id LIKE 'm-%' AND component = 'reliability'"
    )
    assert {row["session_id"]: row["observed"] for row in evidence} == {"m-old": 1, "m-new": 0}
    chain = full_warehouse.one("fct_reschedule_chains", session_id="m-new")
    assert (chain["first_session_id"], chain["move_count"]) == ("m-old", 1)


def test_moving_it_earlier_is_legal(full_warehouse: TinyWarehouse) -> None:
    old, new = (full_warehouse.one("fct_sessions", session_id=name) for name in ("e-old", "e-new"))
    assert new["scheduled_start"] < old["scheduled_start"]
    assert new["status"] == "completed" and new["counts_for_tutor"]
    assert full_warehouse.one("fct_reschedule_chains", session_id="e-new")["move_count"] == 1


def _slot(name: str, days: float, took: str | None = None, version: int = 1) -> Row:
    start = moment(days)
    what = {} if name.endswith("held") else moved("tutor", 1, start)
    return session(name, "t-chain", start, rescheduled_from=took, version=version, **what)


def _arrivals() -> Iterator[list[Row]]:
    """Yields links in the worst order: the last one first, then earlier ones, then less."""
    yield [_slot("c-held", -3, "b"), _slot("x-held", -3, "x")]
    yield [_slot("b", -4, "a")]
    yield [_slot("a", -5, "zero"), _slot("zero", -6)]
    yield [_slot("a", -5, None, version=2), _slot("y-held", -2, "w")]
    yield [_slot("y-held", -2, "c-held", version=2)]


@pytest.fixture
def linked(tmp_path: Path) -> TinyWarehouse:
    """A warehouse to which the links came one after another, live."""
    warehouse = TinyWarehouse(tmp_path / "warehouse", tmp_path / "lake")
    for number, rows in enumerate(_arrivals(), 9):
        land(warehouse.lake_dir, SESSIONS, rows, number * 10_000, is_backfill=False)
        refuse_failures(warehouse.build(AS_OF))
    return warehouse


def test_links_that_come_late_or_are_corrected_give_the_chains_of_a_full_build(
    linked: TinyWarehouse,
) -> None:
    grown = {row["session_id"]: row for row in linked.rows(CHAINS)}
    assert {name: (row["first_session_id"], row["move_count"]) for name, row in grown.items()} == {
        "a": ("a", 0),
        "b": ("a", 1),
        "c-held": ("a", 2),
        "x-held": ("x", 1),
        "y-held": ("a", 3),
    }
    before = linked.rows(CHAINS)
    refuse_failures(linked.build(AS_OF, full=True))
    assert linked.rows(CHAINS) == before
