"""First sessions: how they went, who came again, and whom late news reaches."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from core import lake
from core.lake import SESSIONS
from flows.results import refuse_failures
from tests.warehouse.conftest import Row, TinyWarehouse
from tests.warehouse.first_meetings import BATCHES, batch
from tests.warehouse.tiny_world import AS_OF, land, rounded

KNOWN = "FROM fct_first_sessions WHERE session_id IS NOT NULL ORDER BY student_id, tutor_id"
# when and by which batch a row was built is the one thing that differs
BUILT = ("as_of", "built_seq")


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> TinyWarehouse:
    """Worked in batch by batch, after a first start with nothing."""
    folder = tmp_path_factory.mktemp("meetings")
    warehouse = TinyWarehouse(folder / "warehouse", folder / "lake")
    lake.ensure(warehouse.lake_dir)
    refuse_failures(warehouse.build(AS_OF - timedelta(days=1)))
    for number in range(1, BATCHES + 1):
        is_history = number == 1
        land(warehouse.lake_dir, SESSIONS, batch(number), number * 10_000, is_history)
        refuse_failures(warehouse.build(AS_OF))
    return warehouse


@pytest.fixture(scope="module")
def full(grown: TinyWarehouse, tmp_path_factory: pytest.TempPathFactory) -> TinyWarehouse:
    """The same records, built at once."""
    warehouse = grown.copy_to(tmp_path_factory.mktemp("full"))
    refuse_failures(warehouse.build(AS_OF, full=True))
    return warehouse


def _told(warehouse: TinyWarehouse) -> list[Row]:
    rows = warehouse.rows(KNOWN)
    return [{name: rounded(row[name]) for name in row if name not in BUILT} for row in rows]


def test_late_news_and_corrections_give_what_a_full_build_gives(
    grown: TinyWarehouse, full: TinyWarehouse
) -> None:
    assert len(_told(full)) == 12
    assert _told(grown) == _told(full)


def test_only_who_is_touched_is_built_anew(grown: TinyWarehouse) -> None:
    before = {row["student_id"]: row["built_seq"] for row in grown.rows(KNOWN)}
    assert {name for name, seq in before.items() if seq > 30_000} == {"known", "poor"}
    corrected = {name for name, seq in before.items() if 20_000 <= seq < 30_000}
    assert corrected == {"blamed", "lent", "owner"}


def test_a_students_absence_is_not_counted_as_the_tutors_failure(full: TinyWarehouse) -> None:
    met = full.rows("FROM fct_first_sessions WHERE tutor_id = 't-1'")
    told = {row["student_id"]: (row["outcome"], row["is_poor"]) for row in met}
    assert told["absent"] == told["blamed"] == ("student_no_show", None)
    assert told["missed"] == ("tutor_no_show", True)
    assert (told["glad"], told["poor"]) == (("held", False), ("held", True))


def test_a_pair_that_never_met_keeps_no_session(grown: TinyWarehouse, full: TinyWarehouse) -> None:
    assert grown.one("fct_first_sessions", student_id="mistaken")["session_id"] is None
    assert full.rows("FROM fct_first_sessions WHERE session_id IS NULL") == []
    assert grown.one("fct_first_sessions", student_id="owner")["session_id"] == "mistaken-1"


def test_whether_a_student_came_again_is_open_until_two_weeks_have_passed(
    grown: TinyWarehouse, tmp_path: Path
) -> None:
    assert grown.one("fct_first_sessions", student_id="recent")["came_again"] is None
    later = grown.copy_to(tmp_path)
    refuse_failures(later.build(AS_OF + timedelta(days=12)))
    assert later.one("fct_first_sessions", student_id="recent")["came_again"] is False


def test_a_session_taken_away_by_a_correction_is_no_second_one(grown: TinyWarehouse) -> None:
    lent = grown.one("fct_first_sessions", student_id="lent")
    assert (lent["came_again"], lent["days_to_next_session"]) == (False, None)


def test_coming_again_to_the_tutor_is_told_from_coming_again_at_all(full: TinyWarehouse) -> None:
    poor = full.one("fct_first_sessions", student_id="poor", tutor_id="t-1")
    assert (poor["came_again"], poor["came_again_to_tutor"]) == (True, False)
    assert (poor["days_to_next_session"], poor["next_session_id"]) == (12, "poor-9")


def test_an_earlier_session_told_late_is_the_first_with_the_company(grown: TinyWarehouse) -> None:
    is_first = {
        row["tutor_id"]: row["is_first_with_company"]
        for row in grown.rows("FROM fct_first_sessions WHERE student_id = 'known'")
    }
    assert is_first == {"t-1": False, "t-2": True}


def test_few_first_sessions_are_counted_and_have_no_rate(full: TinyWarehouse) -> None:
    quarter = full.one(
        "rpt_first_session_patterns", kind="tutor", group_value="t-1", window_days=90
    )
    assert (quarter["state"], quarter["judged_count"]) == ("not_enough_data", 3)
    assert quarter["poor_rate"] is None
    assert (quarter["closed_count"], quarter["came_again_count"]) == (7, 4)
