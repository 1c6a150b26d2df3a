"""Each component of a score names its evidence, and the evidence is all there is."""

from __future__ import annotations

import pytest

from tests.warehouse.conftest import TinyWarehouse

_SUMS = """
    SELECT tutor_id, component, sum(weight) AS trials,
        -- the marts tell stars, and the evidence the share of four that is missing
        sum(weight * if(component = 'quality', 5 - 4 * observed, observed)) AS observed,
        sum(weight * if(component = 'quality', 1, expected)) AS expected
    FROM fct_score_evidence GROUP BY ALL
"""
_MADE = """
    SELECT component, days.trials, days.observed, days.expected,
        sums.trials AS trials_found, sums.observed AS observed_found,
        sums.expected AS expected_found
    FROM intermediate.int_tutor_component_days AS days
    INNER JOIN ({sums}) AS sums USING (tutor_id, component)
    WHERE days.score_date = DATE '2026-11-20'
"""


def test_the_evidence_of_today_adds_up_to_what_the_score_was_made_of(
    full_warehouse: TinyWarehouse,
) -> None:
    made = full_warehouse.rows(_MADE.format(sums=_SUMS))
    assert {row["component"] for row in made} == {"reliability", "attendance", "quality"}
    for row in made:
        for name in ("trials", "observed", "expected"):
            assert row[name] == pytest.approx(row[f"{name}_found"], abs=1e-9)


def test_what_the_tutor_did_not_cause_is_no_evidence(full_warehouse: TinyWarehouse) -> None:
    found = full_warehouse.rows(
        "FROM fct_score_evidence WHERE session_id LIKE 't-blamed-x%' OR session_id = 'live-ahead'"
    )
    assert found == []


def test_a_late_start_is_evidence_of_attendance_and_of_nothing_worse(
    full_warehouse: TinyWarehouse,
) -> None:
    rows = full_warehouse.rows("FROM fct_score_evidence WHERE session_id = 't-bad-30'")
    assert {row["component"]: row["observed"] for row in rows} == {
        "reliability": 0,
        "attendance": 1,
        "quality": 0.25,
    }
