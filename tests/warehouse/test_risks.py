"""What is told of a session before it, and that nothing it was told from came later."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from core.lake import SESSIONS
from flows.results import refuse_failures
from tests.warehouse.conftest import TinyWarehouse
from tests.warehouse.tiny_world import AS_OF, land, land_batch, moment, session

KEY = "session_id, kind"


def test_an_upcoming_session_has_its_risks_and_what_makes_them(
    grown_warehouse: TinyWarehouse,
) -> None:
    risk = grown_warehouse.one("fct_upcoming_risk", session_id="live-ahead", kind="reschedule")
    parts = risk["platform_rate"] * risk["slot_factor"] * risk["tutor_factor"]
    parts *= risk["recent_factor"] * risk["moves_factor"]
    parts *= risk["stack_factor"]
    assert risk["probability"] == pytest.approx(parts)
    assert 0 < risk["hours_ahead"] <= 72
    assert risk["reason_text"].startswith(f"{100 * risk['platform_rate']:.1f} % of all")


def test_only_what_lies_ahead_has_a_risk_and_only_first_sessions_that_of_a_poor_one(
    grown_warehouse: TinyWarehouse,
) -> None:
    rows = grown_warehouse.rows(f"FROM fct_upcoming_risk ORDER BY {KEY}")
    found = {(row["session_id"], row["kind"]) for row in rows}
    assert {name for name, _ in found} == {"ahead", "live-ahead", "not-yet"}
    assert ("live-ahead", "poor_first_session") not in found


def test_each_past_session_that_counts_has_what_was_told_and_what_happened(
    grown_warehouse: TinyWarehouse,
) -> None:
    rows = grown_warehouse.rows(
        "SELECT count(*) AS counted, count(predictions.session_id) AS told, "
        "sum(CASE WHEN status IN ('rescheduled', 'cancelled') THEN 1 ELSE 0 END) AS changed, "
        "sum(outcome) AS happened FROM fct_sessions LEFT JOIN fct_predictions AS predictions "
        "ON fct_sessions.session_id = predictions.session_id AND kind = 'reschedule' "
        "WHERE counts_for_tutor"
    )
    (row,) = rows
    assert row["counted"] == row["told"] > 300
    assert row["changed"] == row["happened"] > 20


def test_who_moved_many_sessions_is_told_a_higher_risk(grown_warehouse: TinyWarehouse) -> None:
    told = {
        row["tutor_id"]: row["probability"]
        for row in grown_warehouse.rows(
            "SELECT tutor_id, arg_max(probability, session_date) AS probability "
            "FROM fct_predictions WHERE kind = 'reschedule' GROUP BY 1"
        )
    }
    assert told["t-bad"] > 2 * told["t-even-1"] > 0


def test_what_comes_after_a_day_changes_nothing_that_was_told_before_it(
    tmp_path: Path, full_warehouse: TinyWarehouse
) -> None:
    cut = TinyWarehouse(tmp_path / "warehouse", tmp_path / "lake")
    land_batch(cut.lake_dir, 1)
    land(cut.lake_dir, SESSIONS, _much_later("t-even-1"), 40_000)
    refuse_failures(cut.build(AS_OF))
    query = (
        "SELECT session_id, kind, probability FROM fct_predictions "
        f"WHERE tutor_id = 't-even-1' AND session_id NOT LIKE 'after-%' ORDER BY {KEY}"
    )
    before = full_warehouse.rows(query)
    after = cut.rows(query)
    assert len(before) > 50
    assert [row["probability"] for row in after] == pytest.approx(
        [row["probability"] for row in before], abs=1e-12
    )


def _much_later(tutor_id: str) -> list[dict[str, object]]:
    """Returns sessions of the last day, all missed by the tutor."""
    start = moment(0, hour=13)
    return [
        session(
            f"after-{number}",
            tutor_id,
            start + timedelta(minutes=number),
            status="no_show",
            no_show_party="tutor",
        )
        for number in range(9)
    ]
