"""Who would enter and who would leave under other limits; scores under other weights."""

from __future__ import annotations

from typing import Any

import pytest

from tests.warehouse.conftest import Row, TinyWarehouse

_SEED = """
    SELECT kind, any_value(flag_ratio) AS ratio, any_value(flag_probability) AS probability,
        any_value(release_probability) AS release, any_value(minimum_expected) AS expected
    FROM fct_what_if_evidence GROUP BY kind
"""
_WEIGHTS = "SELECT kind, any_value(weight) AS weight FROM fct_what_if_evidence GROUP BY kind"


def _what_if(warehouse: TinyWarehouse, kind: str, **limits: Any) -> dict[str, Row]:
    """Returns what is told under other limits of a kind, by kind."""
    (seed,) = [row for row in warehouse.rows(_SEED) if row["kind"] == kind]
    given = [(seed | limits)[name] for name in ("ratio", "probability", "release", "expected")]
    rows = warehouse.rows("FROM what_if_flags(?, ?, ?, ?, ?)", kind, *given)
    return {row["kind"]: row for row in rows}


@pytest.mark.parametrize("kind", ["reliability", "attendance", "quality", "drift"])
def test_the_limits_as_they_are_change_nothing(full_warehouse: TinyWarehouse, kind: str) -> None:
    told = _what_if(full_warehouse, kind)
    open_flags = full_warehouse.rows("FROM fct_flags WHERE is_open")
    assert {row["tutor_id"] for row in told.values()} == {row["tutor_id"] for row in open_flags}
    assert told["reliability"]["movement"] == "stays"
    assert told["reliability"]["what_if_probability"] == open_flags[0]["probability"]


def test_another_ratio_is_read_off_the_interval(full_warehouse: TinyWarehouse) -> None:
    told = _what_if(full_warehouse, "reliability", ratio=1.2001)["reliability"]
    assert told["what_if_probability"] == pytest.approx(told["probability"], abs=1e-3)
    assert told["what_if_probability"] <= told["probability"]


def test_who_would_enter_and_who_would_leave(full_warehouse: TinyWarehouse) -> None:
    loose = _what_if(full_warehouse, "attendance", probability=0.5, expected=0.5)
    strict = _what_if(full_warehouse, "reliability", probability=1.0, release=0.9999)
    assert loose["attendance"]["movement"] == "enters"
    assert strict["reliability"]["movement"] == "leaves"


def test_the_weights_as_they_are_give_the_scores_as_they_are(full_warehouse: TinyWarehouse) -> None:
    seed = {row["kind"]: row["weight"] for row in full_warehouse.rows(_WEIGHTS)}
    given = [seed[kind] for kind in ("reliability", "attendance", "quality", "first_sessions")]
    told = full_warehouse.rows("FROM what_if_scores(?, ?, ?, ?)", *given)
    cards = full_warehouse.rows("FROM rpt_tutor_scorecards WHERE score IS NOT NULL")
    now = {row["tutor_id"]: row["score"] for row in cards}
    assert {row["tutor_id"]: row["score"] for row in told} == now
    assert {row["tutor_id"]: row["what_if_score"] for row in told} == now


def test_a_score_of_reliability_alone_is_lower_for_who_moves_sessions(
    full_warehouse: TinyWarehouse,
) -> None:
    told = full_warehouse.rows("FROM what_if_scores(1, 0, 0, 0)")
    (bad,) = [row for row in told if row["tutor_id"] == "t-bad"]
    assert bad["score_change"] < 0 and bad["what_if_score"] == bad["score"] + bad["score_change"]
