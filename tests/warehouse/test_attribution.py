"""Who caused what: only what a tutor did moves the tutor's numbers."""

from __future__ import annotations

from tests.warehouse.conftest import TinyWarehouse
from tests.warehouse.tiny_world import rounded


def test_what_students_and_the_platform_cause_never_moves_a_score(
    full_warehouse: TinyWarehouse,
) -> None:
    blamed = full_warehouse.one("rpt_tutor_scorecards", tutor_id="t-blamed")
    even = full_warehouse.one("rpt_tutor_scorecards", tutor_id="t-even-1")
    same = ("score", "score_low", "score_high", "session_count", "components")
    assert rounded([blamed[name] for name in same]) == rounded([even[name] for name in same])


def test_what_did_not_count_is_said_by_cause(full_warehouse: TinyWarehouse) -> None:
    card = full_warehouse.one("rpt_tutor_scorecards", tutor_id="t-blamed")
    assert (card["excluded_student_count"], card["excluded_platform_count"]) == (2, 2)
    days = "SELECT sum(unknown_caused_count) AS n FROM fct_tutor_days WHERE tutor_id = 't-blamed'"
    assert full_warehouse.rows(days) == [{"n": 2}]


def test_a_moved_session_keeps_its_slot_and_the_new_slot_counts_by_itself(
    full_warehouse: TinyWarehouse,
) -> None:
    old, new = (full_warehouse.one("fct_sessions", session_id=f"m-{n}") for n in ("old", "new"))
    assert (old["status"], old["caused_by"], old["counts_for_tutor"]) == (
        "rescheduled",
        "tutor",
        True,
    )
    assert (new["status"], new["counts_for_tutor"], new["rescheduled_from"]) == (
        "completed",
        True,
        "m-old",
    )
    day = full_warehouse.one("fct_tutor_days", tutor_id="t-mover", session_date="2026-11-11")
    assert (day["session_count"], day["tutor_reschedule_count"]) == (1, 1)


def test_a_session_moved_earlier_is_a_move_like_any_other(full_warehouse: TinyWarehouse) -> None:
    old = full_warehouse.one("fct_sessions", session_id="e-old")
    assert old["rescheduled_to_start"] < old["scheduled_start"]
    assert (old["caused_by"], old["counts_for_tutor"], old["notice_hours"]) == (
        "student",
        False,
        96,
    )


def test_every_slot_of_a_chain_is_counted_once(full_warehouse: TinyWarehouse) -> None:
    card = full_warehouse.one("rpt_tutor_scorecards", tutor_id="t-mover")
    assert card["session_count"] == 3


def test_sessions_still_to_come_are_not_counted(full_warehouse: TinyWarehouse) -> None:
    card = full_warehouse.one("rpt_tutor_scorecards", tutor_id="t-ahead")
    assert (card["session_count"], card["upcoming_session_count"]) == (0, 1)
    assert not full_warehouse.rows("FROM fct_tutor_days WHERE tutor_id = 't-ahead'")


def test_a_later_day_has_no_part_in_today(full_warehouse: TinyWarehouse) -> None:
    card = full_warehouse.one("rpt_tutor_scorecards", tutor_id="t-away")
    assert (card["session_count"], card["last_session_date"]) == (0, None)
    assert not full_warehouse.rows("FROM rpt_platform_days WHERE session_date > '2026-11-20'")


def test_first_sessions_are_derived_for_each_pair_when_nobody_says(
    full_warehouse: TinyWarehouse,
) -> None:
    rows = full_warehouse.rows(
        "SELECT session_id FROM fct_sessions WHERE is_first_session ORDER BY session_id"
    )
    firsts = ["e-new", "first-c", "m-new", "second-a", "wrong-student"]
    assert [row["session_id"] for row in rows] == firsts


def test_a_first_session_that_was_moved_is_first_in_its_new_slot(
    full_warehouse: TinyWarehouse,
) -> None:
    slots = [full_warehouse.one("fct_sessions", session_id=f"m-{n}") for n in ("old", "new")]
    assert [slot["is_first_session"] for slot in slots] == [False, True]
