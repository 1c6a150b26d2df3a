"""Hazards of students and tutors to leave within a week, beside a rule of thumb and the truth."""

from __future__ import annotations

import polars as pl

from bench.validity_tutors import told_slots
from bench.validity_world import Warehouse
from synthetic.world import World

_STUDENTS = """
    select student_id, week::date as week, hazard as ours, outcome::integer as happened
    from marts.fct_student_churn where outcome is not null
"""
_TUTORS = """
    select tutor_id, week::date as week, hazard as ours, outcome::integer as happened
    from marts.fct_tutor_churn where outcome is not null
"""
_WEEK = pl.duration(weeks=1)


def student_churn_table(world: World, warehouse: Warehouse) -> pl.DataFrame:
    """Returns one row per student and week of the mart whose outcome is known.

    `naive` is 1 when the last rating given before the week was two stars or fewer. `oracle` is the
    true chance to leave a tutor after one of the sessions of that week.
    """
    told = warehouse.ask(_STUDENTS)
    slots = told_slots(world).join(world.truth.sessions, on="session_id", suffix="_true")
    week = pl.col("session_date").dt.truncate("1w")
    stays = slots.group_by("student_id", week=week).agg((1 - pl.col("ends_chance")).product())
    weeks = told.with_columns(monday=pl.col("week").dt.truncate("1w"))
    truth = weeks.join(
        stays.rename({"week": "monday"}), on=["student_id", "monday"], how="left"
    ).with_columns(oracle=(1 - pl.col("ends_chance")).fill_null(0))
    return _with_last_rating(truth, slots).select(
        "student_id", "week", "ours", "happened", "naive", "oracle"
    )


def _with_last_rating(weeks: pl.DataFrame, slots: pl.DataFrame) -> pl.DataFrame:
    rated = slots.filter(pl.col("student_rating").is_not_null()).select(
        "student_id", "session_date", naive=(pl.col("student_rating") <= 2).cast(pl.Float64)
    )
    found = weeks.sort("week").join_asof(
        rated.sort("session_date"),
        left_on="week",
        right_on="session_date",
        by="student_id",
        allow_exact_matches=False,
        check_sortedness=False,
    )
    return found.with_columns(pl.col("naive").fill_null(0))


def tutor_churn_table(world: World, warehouse: Warehouse) -> pl.DataFrame:
    """Returns one row per tutor and week of the mart whose outcome is known.

    `naive` is how much fewer slots the tutor had in the four weeks before than in the four before
    those. `oracle` is the true hazard; it does not know who has given notice to themselves already.
    """
    told = warehouse.ask(_TUTORS)
    slots = told_slots(world).select("tutor_id", "session_date")
    hazard = world.truth.tutors.select("tutor_id", oracle="weekly_leave_hazard")
    lately, before = (_count_before(told, slots, *span) for span in ((4, 0), (8, 4)))
    fewer = 1 - pl.col("lately") / pl.col("before")
    return (
        told.join(lately.rename({"count": "lately"}), on=["tutor_id", "week"])
        .join(before.rename({"count": "before"}), on=["tutor_id", "week"])
        .join(hazard, on="tutor_id")
        .with_columns(naive=pl.when(pl.col("before") > 0).then(fewer).otherwise(0.0))
    )


def _count_before(weeks: pl.DataFrame, slots: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    """Slots from `first` to `last` weeks before each week."""
    daily = slots.group_by("tutor_id", "session_date").len().sort("session_date")
    sums = daily.with_columns(pl.col("len").cum_sum().over("tutor_id"))

    def upto(count: int) -> pl.DataFrame:
        asked = weeks.select("tutor_id", "week").with_columns(day=pl.col("week") - count * _WEEK)
        found = asked.sort("day").join_asof(
            sums,
            left_on="day",
            right_on="session_date",
            by="tutor_id",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        return found.select("tutor_id", "week", pl.col("len").fill_null(0).cast(pl.Int64))

    both = upto(last).join(upto(first), on=["tutor_id", "week"], suffix="_first")
    return both.select("tutor_id", "week", count=pl.col("len") - pl.col("len_first"))
