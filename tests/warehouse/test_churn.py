"""Churn: what is told of a week rests on what was known then, and it comes true."""

from __future__ import annotations

from datetime import datetime

import pytest

from core.lake import SESSIONS, TUTORS
from flows.results import refuse_failures
from tests.warehouse.churn_world import CUT, END, Told, tell
from tests.warehouse.conftest import Row, TinyWarehouse
from tests.warehouse.tiny_world import land, rounded

PEOPLE = ("student", "tutor")
OUTCOMES = ("left_within_4_weeks", "left_on", "as_of")


@pytest.fixture(scope="module")
def told() -> Told:
    return tell()


def _land_first(warehouse: TinyWarehouse, told: Told, rows: list[Row], as_of: datetime) -> None:
    land(warehouse.lake_dir, TUTORS, told.tutors, 1)
    land(warehouse.lake_dir, SESSIONS, rows, 10_000)
    refuse_failures(warehouse.build(as_of))


@pytest.fixture(scope="module")
def cut_short(told: Told, tmp_path_factory: pytest.TempPathFactory) -> TinyWarehouse:
    """The company as it was known five weeks before the end."""
    folder = tmp_path_factory.mktemp("short")
    warehouse = TinyWarehouse(folder / "warehouse", folder / "lake")
    _land_first(warehouse, told, told.before, CUT)
    return warehouse


@pytest.fixture(scope="module")
def rightly(told: Told, tmp_path_factory: pytest.TempPathFactory) -> TinyWarehouse:
    """The company at the end, had everything been told at once and rightly."""
    folder = tmp_path_factory.mktemp("rightly")
    warehouse = TinyWarehouse(folder / "warehouse", folder / "lake")
    _land_first(warehouse, told, told.rightly, END)
    return warehouse


@pytest.fixture(scope="module")
def grown(
    told: Told, cut_short: TinyWarehouse, tmp_path_factory: pytest.TempPathFactory
) -> TinyWarehouse:
    """The company at the end, after micro-batches with late records and corrections."""
    grown = cut_short.copy_to(tmp_path_factory.mktemp("grown"))
    for number, rows in enumerate((told.after, told.late), 5):
        land(grown.lake_dir, SESSIONS, rows, number * 10_000)
        refuse_failures(grown.build(END))
    return grown


@pytest.fixture(scope="module")
def at_night(grown: TinyWarehouse, tmp_path_factory: pytest.TempPathFactory) -> TinyWarehouse:
    """The same after the nightly build, in which weeks are closed."""
    warehouse = grown.copy_to(tmp_path_factory.mktemp("night"))
    refuse_failures(warehouse.build(END, full=True))
    return warehouse


def _weeks(warehouse: TinyWarehouse, person: str, *, without: tuple[str, ...]) -> list[Row]:
    rows = warehouse.rows(f"FROM fct_{person}_churn ORDER BY week_start, {person}_id")
    return [{name: rounded(row[name]) for name in row if name not in without} for row in rows]


@pytest.mark.parametrize("person", PEOPLE)
def test_nothing_that_came_later_changes_what_was_told_of_a_week(
    cut_short: TinyWarehouse, rightly: TinyWarehouse, person: str
) -> None:
    then = _weeks(cut_short, person, without=OUTCOMES)
    now = _weeks(rightly, person, without=OUTCOMES)
    both = {row["week_start"] for row in then} & {row["week_start"] for row in now}
    assert len(both) >= 15 and any(row["state"] == "told" for row in then)
    then, now = ([row for row in rows if row["week_start"] in both] for rows in (then, now))
    assert then == now


@pytest.mark.parametrize("person", PEOPLE)
def test_late_records_and_corrections_give_what_right_ones_would_have_given(
    at_night: TinyWarehouse, rightly: TinyWarehouse, person: str
) -> None:
    nightly = _weeks(at_night, person, without=("as_of",))
    assert nightly == _weeks(rightly, person, without=("as_of",))


def test_first_sessions_worked_in_are_those_of_a_build_from_right_records(
    grown: TinyWarehouse, rightly: TinyWarehouse
) -> None:
    query = (
        "SELECT * EXCLUDE (as_of, built_seq) FROM fct_first_sessions "
        "WHERE session_id IS NOT NULL ORDER BY student_id, tutor_id"
    )
    assert grown.rows(query) == rightly.rows(query)


@pytest.mark.parametrize("person", PEOPLE)
def test_an_outcome_is_known_when_eight_weeks_have_passed_and_for_all(
    rightly: TinyWarehouse, person: str
) -> None:
    [open_, closed] = rightly.rows(
        "SELECT left_within_4_weeks IS NOT NULL AS is_known, min(week_end) AS first, "
        f"max(week_end) AS last FROM fct_{person}_churn GROUP BY 1 ORDER BY 1"
    )
    assert (open_["is_known"], closed["is_known"]) == (False, True)
    assert closed["last"] < open_["first"] and (open_["last"] - closed["last"]).days == 56


@pytest.mark.parametrize("person", PEOPLE)
def test_a_chance_is_what_its_factors_multiply_up_to_and_within_its_interval(
    rightly: TinyWarehouse, person: str
) -> None:
    weeks = rightly.rows(f"FROM fct_{person}_churn WHERE state = 'told'")
    assert weeks
    for week in weeks:
        chance = week["platform_probability"]
        for factor in ("idle_weeks", "trouble", "trend", "tenure"):
            chance *= week[f"{factor}_ratio"]
        assert abs(chance - week["leaving_probability"]) < 1e-9
        assert 0 <= week["weekly_hazard"] <= week["leaving_probability"]
        assert week["leaving_probability_low"] <= week["leaving_probability"] + 1e-3
        assert week["leaving_probability_high"] >= week["leaving_probability"] - 1e-3


def _auc(warehouse: TinyWarehouse, value: str) -> float:
    """Returns how often a student who left had the higher value; ties count half."""
    [found] = warehouse.rows(
        f"""
        WITH ranked AS (
            SELECT left_within_4_weeks::INT AS has_left,
                rank() OVER (ORDER BY {value}) + (count(*) OVER (PARTITION BY {value}) - 1) / 2
                    AS place
            FROM fct_student_churn
            WHERE state = 'told' AND left_within_4_weeks IS NOT NULL
        )
        SELECT (sum(place * has_left) - sum(has_left) * (sum(has_left) + 1) / 2)
            / (sum(has_left) * sum(1 - has_left)) AS auc
        FROM ranked
        """
    )
    return float(found["auc"])


def test_students_who_leave_are_ranked_better_than_by_silence_alone_and_the_chance_comes_true(
    rightly: TinyWarehouse,
) -> None:
    known = rightly.rows(
        "FROM fct_student_churn WHERE state = 'told' AND left_within_4_weeks IS NOT NULL"
    )
    assert len(known) > 500
    assert _auc(rightly, "leaving_probability") > _auc(rightly, "idle_weeks") + 0.02
    expected = sum(row["leaving_probability"] for row in known)
    observed = sum(row["left_within_4_weeks"] for row in known)
    assert 0.9 < observed / expected < 1.1


def test_a_small_company_has_left_too_seldom_to_flag_anybody_for_it(
    rightly: TinyWarehouse,
) -> None:
    query = "SELECT {} AS n FROM intermediate.int_tutor_churn_days WHERE probability > 0.9"
    assert rightly.rows(query.format("count(*)"))[0]["n"] > 100
    assert rightly.rows(query.format("max(expected)"))[0]["n"] < 5  # minimum_expected
    assert rightly.rows("FROM fct_flags WHERE kind = 'churn'") == []
