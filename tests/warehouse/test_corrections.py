"""Corrections and late versions, however they arrive."""

from __future__ import annotations

import pytest

from tests.warehouse.conftest import TinyWarehouse


@pytest.fixture(params=["full_warehouse", "grown_warehouse"])
def either_warehouse(request: pytest.FixtureRequest) -> TinyWarehouse:
    warehouse: TinyWarehouse = request.getfixturevalue(request.param)
    return warehouse


def test_a_late_lower_version_changes_nothing(either_warehouse: TinyWarehouse) -> None:
    session = either_warehouse.one("fct_sessions", session_id="late-lower")
    assert (session["version"], session["status"]) == (2, "completed")


def test_a_higher_version_corrects_the_session_and_its_day(
    either_warehouse: TinyWarehouse,
) -> None:
    session = either_warehouse.one("fct_sessions", session_id="corrected")
    assert (session["status"], session["caused_by"]) == ("completed", None)
    day = either_warehouse.one("fct_tutor_days", tutor_id="t-to", session_date="2026-11-16")
    assert (day["tutor_no_show_count"], day["completed_count"], day["rating_sum"]) == (0, 1, 3)


def test_a_session_corrected_to_another_tutor_leaves_the_old_day(
    either_warehouse: TinyWarehouse,
) -> None:
    old = either_warehouse.one("fct_tutor_days", tutor_id="t-from", session_date="2026-11-17")
    new = either_warehouse.one("fct_tutor_days", tutor_id="t-to", session_date="2026-11-18")
    assert (old["session_count"], old["completed_count"]) == (0, 0)
    assert (new["session_count"], new["completed_count"]) == (1, 1)


def test_nobody_is_kept_who_never_was_a_tutor(either_warehouse: TinyWarehouse) -> None:
    assert not either_warehouse.rows("FROM dim_tutors WHERE tutor_id = 't-from'")


def test_a_session_corrected_to_another_student_makes_the_next_one_first(
    either_warehouse: TinyWarehouse,
) -> None:
    assert either_warehouse.one("fct_sessions", session_id="wrong-student")["student_id"] == "st-b"
    assert either_warehouse.one("fct_sessions", session_id="second-a")["is_first_session"]


def test_an_earlier_session_told_late_becomes_the_first(either_warehouse: TinyWarehouse) -> None:
    firsts = [
        either_warehouse.one("fct_sessions", session_id=name)["is_first_session"]
        for name in ("first-c", "second-c")
    ]
    assert firsts == [True, False]
