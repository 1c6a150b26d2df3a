"""What people do about flags stays done, whatever arrives later and in whatever order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows.results import refuse_failures
from tests.warehouse.conftest import Row, TinyWarehouse
from tests.warehouse.flag_world import (
    ALL_ACTIONS_SEQ,
    FIRST_ACTIONS_SEQ,
    GOING_ON,
    LATE_SEQ,
    SESSIONS_SEQ,
    action,
    actions,
    land_actions,
    land_late_sessions,
    land_sessions,
)
from tests.warehouse.tiny_world import AS_OF, rounded

LATER = AS_OF + timedelta(days=4)
FLAGS = "SELECT * FROM fct_flags ORDER BY flag_id"
# the place in the order of arrival is what differs
ACTIONS = "SELECT * EXCLUDE (ingest_seq) FROM fct_flag_actions ORDER BY action_id"


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> TinyWarehouse:
    """The flags before anybody has acted; actions and late sessions wait behind the watermark."""
    folder = tmp_path_factory.mktemp("flags")
    warehouse = TinyWarehouse(folder / "warehouse", folder / "lake")
    land_sessions(warehouse.lake_dir)
    refuse_failures(warehouse.build(AS_OF))
    done = actions(_first_flags(warehouse))
    land_actions(warehouse.lake_dir, done[:8], SESSIONS_SEQ + 1)
    land_actions(warehouse.lake_dir, done[8:], FIRST_ACTIONS_SEQ + 1)
    land_late_sessions(warehouse.lake_dir)
    return warehouse


@pytest.fixture(scope="module")
def acted(untouched: TinyWarehouse, tmp_path_factory: pytest.TempPathFactory) -> TinyWarehouse:
    """The same, with the actions worked in by two micro-batches."""
    warehouse = untouched.copy_to(tmp_path_factory.mktemp("acted"))
    for seq in (FIRST_ACTIONS_SEQ, ALL_ACTIONS_SEQ):
        refuse_failures(warehouse.build_upto(seq, AS_OF))
    return warehouse


@pytest.fixture(scope="module")
def later(acted: TinyWarehouse, tmp_path_factory: pytest.TempPathFactory) -> TinyWarehouse:
    """Four days later, when it is known that a tutor was bad before, too."""
    warehouse = acted.copy_to(tmp_path_factory.mktemp("later"))
    refuse_failures(warehouse.build_upto(LATE_SEQ, LATER))
    return warehouse


def _first_flags(warehouse: TinyWarehouse) -> dict[str, str]:
    rows = warehouse.rows(
        "SELECT tutor_id, min(flag_id) AS id FROM fct_flags WHERE kind = 'reliability' GROUP BY 1"
    )
    return {row["tutor_id"]: row["id"] for row in rows}


def _open_flag(warehouse: TinyWarehouse, tutor_id: str) -> Row:
    return warehouse.one("fct_flags", tutor_id=tutor_id, kind="reliability", is_open=True)


def _listed(warehouse: TinyWarehouse) -> set[str]:
    return {row["tutor_id"] for row in warehouse.rows("SELECT tutor_id FROM rpt_needs_attention")}


def test_an_acknowledged_flag_goes_on_and_is_not_opened_again(
    untouched: TinyWarehouse, acted: TinyWarehouse, later: TinyWarehouse
) -> None:
    flags = [warehouse.one("fct_flags", tutor_id="t-noticed") for warehouse in (acted, later)]
    assert {flag["flag_id"] for flag in flags} == {_first_flags(untouched)["t-noticed"]}
    assert [flag["status"] for flag in flags] == ["acknowledged", "acknowledged"]
    assert flags[0]["acknowledged_at"] == AS_OF - timedelta(days=20)
    assert "t-noticed" in _listed(later)


def test_a_snoozed_flag_is_silent_until_its_day(acted: TinyWarehouse, later: TinyWarehouse) -> None:
    assert _open_flag(acted, "t-snoozed")["status"] == "snoozed"
    assert "t-snoozed" not in _listed(acted)
    card = acted.one("rpt_tutor_scorecards", tutor_id="t-snoozed")
    assert (card["severity"], card["open_flag_count"]) == (None, 0)
    assert _open_flag(later, "t-snoozed")["status"] == "open"
    assert "t-snoozed" in _listed(later)


def test_after_a_snooze_a_flag_is_what_it_was_before(acted: TinyWarehouse) -> None:
    flag = _open_flag(acted, "t-woken")
    assert (flag["status"], flag["snoozed_until"]) == ("acknowledged", None)


def test_a_snooze_until_so_many_sessions_ends_with_them(acted: TinyWarehouse) -> None:
    assert _open_flag(acted, "t-taught")["status"] == "open"
    row = acted.one("fct_flag_actions", tutor_id="t-taught")
    assert (row["until_sessions"], row["status_after"]) == (5, "snoozed")


def test_what_was_taken_back_was_never_done_but_is_seen(acted: TinyWarehouse) -> None:
    assert _open_flag(acted, "t-undone")["status"] == "open"
    row = acted.one("fct_flag_actions", tutor_id="t-undone")
    assert (row["action"], row["reason_code"], row["version"]) == ("undo", "resolve", 2)


@pytest.mark.parametrize("word", ["dismissed", "resolved"])
def test_a_flag_that_a_person_closed_is_silent_though_its_evidence_holds(
    acted: TinyWarehouse, word: str
) -> None:
    flag = _open_flag(acted, f"t-{word}")
    assert (flag["status"], flag["needs_attention"]) == (word, False)
    assert f"t-{word}" not in _listed(acted)


def test_a_dismissed_flag_comes_back_when_the_evidence_is_clearly_worse(
    acted: TinyWarehouse,
) -> None:
    flag = _open_flag(acted, "t-worse")
    assert (flag["status"], flag["regressed_from_flag_id"]) == ("regressed", flag["flag_id"])
    assert "t-worse" in _listed(acted)


def test_a_flag_that_opens_again_after_it_was_resolved_refers_to_the_one_before(
    acted: TinyWarehouse,
) -> None:
    closed = {"kind": "reliability", "is_open": False}
    before = acted.one("fct_flags", tutor_id="t-back", **closed)
    again = _open_flag(acted, "t-back")
    assert (before["status"], again["status"]) == ("resolved", "regressed")
    assert again["regressed_from_flag_id"] == before["flag_id"] != again["flag_id"]


def test_a_dismissal_silences_what_opens_again_while_its_silence_lasts(
    acted: TinyWarehouse, later: TinyWarehouse
) -> None:
    before = acted.one("fct_flags", tutor_id="t-hushed", is_open=False)
    again = [_open_flag(warehouse, "t-hushed") for warehouse in (acted, later)]
    assert [flag["status"] for flag in again] == ["dismissed", "regressed"]
    assert again[1]["regressed_from_flag_id"] == before["flag_id"] != again[1]["flag_id"]


def test_whom_a_flag_was_given_to_is_kept_when_another_acknowledges_it(
    acted: TinyWarehouse,
) -> None:
    flag = _open_flag(acted, "t-assigned")
    assert (flag["status"], flag["assignee"]) == ("assigned", "cleo")


def test_two_coaches_who_act_at_once_are_both_heard_and_the_decision_holds(
    acted: TinyWarehouse,
) -> None:
    flag = _open_flag(acted, "t-raced")
    assert (flag["status"], flag["agree_count"], flag["disagree_count"]) == ("resolved", 1, 1)
    trail = acted.rows("FROM fct_flag_actions WHERE tutor_id = 't-raced' ORDER BY action_id")
    assert [(row["acted_by"], row["status_after"]) for row in trail] == [
        ("bob", "acknowledged"),
        ("bob", "acknowledged"),
        ("ann", "resolved"),
    ]


def test_a_tutors_dispute_is_seen_and_changes_no_status(acted: TinyWarehouse) -> None:
    flag = _open_flag(acted, "t-disputed")
    assert (flag["status"], flag["is_disputed"]) == ("open", True)
    assert acted.one("rpt_needs_attention", tutor_id="t-disputed")["is_disputed"]


def test_an_action_on_an_unknown_flag_is_kept_and_shown(acted: TinyWarehouse) -> None:
    rows = acted.rows("FROM fct_flag_actions WHERE NOT is_flag_known ORDER BY flag_id")
    assert [(row["flag_id"], row["tutor_id"], row["status_after"]) for row in rows] == [
        ("no-flag-at-all", None, "open"),
        ("t-nobody|reliability|2026-10-01", "t-nobody", "acknowledged"),
    ]


def test_a_flag_that_late_sessions_moved_keeps_its_id_and_what_was_done(
    acted: TinyWarehouse, later: TinyWarehouse
) -> None:
    before, after = (_open_flag(warehouse, "t-moved") for warehouse in (acted, later))
    assert after["opened_on"] < before["opened_on"]
    assert after["flag_id"] == before["flag_id"]
    assert (before["status"], after["status"]) == ("acknowledged", "acknowledged")


def test_nobody_else_changes_by_what_is_done_about_one(
    untouched: TinyWarehouse, acted: TinyWarehouse
) -> None:
    evidence = "SELECT flag_id, probability, ratio, opened_on, closed_on FROM fct_flags ORDER BY 1"
    before, after = (rounded(each.rows(evidence)) for each in (untouched, acted))
    assert before == after
    assert _listed(untouched) >= set(GOING_ON)


def test_actions_in_another_order_and_in_one_full_build_give_the_same(
    untouched: TinyWarehouse, acted: TinyWarehouse, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("reversed")
    reverse = TinyWarehouse(folder / "warehouse", folder / "lake")
    land_sessions(reverse.lake_dir)
    land_actions(reverse.lake_dir, actions(_first_flags(untouched))[::-1], SESSIONS_SEQ + 1)
    refuse_failures(reverse.build(AS_OF))
    for query in (FLAGS, ACTIONS):
        found, expected = (
            [rounded(row) for row in warehouse.rows(query)] for warehouse in (reverse, acted)
        )
        assert found == expected and found


def test_a_correction_of_an_action_replaces_it(
    acted: TinyWarehouse, tmp_path_factory: pytest.TempPathFactory
) -> None:
    corrected = acted.copy_to(tmp_path_factory.mktemp("corrected"))
    flag_id = _open_flag(acted, "t-assigned")["flag_id"]
    row = action(flag_id, "assign", 10, assignee="dora", version=2)
    land_actions(corrected.lake_dir, [row], LATE_SEQ + 1)
    refuse_failures(corrected.build(LATER))
    assert _open_flag(corrected, "t-assigned")["assignee"] == "dora"
    assert corrected.one("fct_flag_actions", action_id=row["action_id"])["version"] == 2
