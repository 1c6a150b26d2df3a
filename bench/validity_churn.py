"""Chances to leave within four weeks, of students and tutors, beside rules of thumb and truth."""

from __future__ import annotations

import polars as pl

from bench.validity_tutors import told_slots
from bench.validity_world import Warehouse
from synthetic.world import World

_TOLD = """
    select {person}_id, week_end::date as week_end, leaving_probability as ours,
        left_within_4_weeks::integer as happened
    from marts.fct_{person}_churn
    where leaving_probability is not null and left_within_4_weeks is not null
"""
_FOUR_WEEKS = pl.duration(weeks=4)
_is_session = pl.col("status").is_in(["completed", "no_show"])


def student_churn_table(world: World, warehouse: Warehouse) -> pl.DataFrame:
    """Returns one row per student and week of the mart whose outcome is known.

    `naive` is how many days ago the last session was. `oracle` knows which pairs go on after the
    week, and the true chance of each to end within as many slots as it had in the last four weeks;
    it does not know who will find another tutor.
    """
    told = warehouse.ask(_TOLD.format(person="student")).sort("week_end")
    slots = told_slots(world).join(world.truth.sessions, on="session_id", suffix="_true")
    last = slots.filter(_is_session).select("student_id", last="session_date").sort("last")
    known = told.join_asof(
        last, left_on="week_end", right_on="last", by="student_id", check_sortedness=False
    )
    naive = (pl.col("week_end") - pl.col("last")).dt.total_days().fill_null(365)
    chances = _pairs_all_end(told, slots)
    return (
        known.join(chances, on=["student_id", "week_end"], how="left")
        .with_columns(naive=naive.cast(pl.Float64), oracle=pl.col("oracle").fill_null(1))
        .drop("last")
    )


def _pairs_all_end(weeks: pl.DataFrame, slots: pl.DataFrame) -> pl.DataFrame:
    """The chance that every pair of a student that goes on has ended four weeks after each week."""
    age = pl.col("week_end") - pl.col("session_date")
    past = weeks.select("student_id", "week_end").join(
        slots.select("student_id", "engagement", "session_date", "ends_chance", "ends_engagement"),
        on="student_id",
    )
    pairs = (
        past.filter(age >= pl.duration(days=0))
        .group_by("student_id", "week_end", "engagement")
        .agg(
            (age < _FOUR_WEEKS).sum().alias("slots"),
            pl.col("ends_chance").mean(),
            has_ended=pl.col("ends_engagement").any(),
        )
    )
    ends = 1 - (1 - pl.col("ends_chance")) ** pl.col("slots").clip(1)
    chance = pl.when("has_ended").then(1.0).otherwise(ends)
    return pairs.group_by("student_id", "week_end").agg(oracle=chance.product())


def tutor_churn_table(world: World, warehouse: Warehouse) -> pl.DataFrame:
    """Returns one row per tutor and week of the mart whose outcome is known.

    `naive` is how much fewer slots the tutor had in the last four weeks than in the four before
    those. `oracle` is 1 for those who slow down or have left, and the true hazard of the others.
    """
    told = warehouse.ask(_TOLD.format(person="tutor"))
    slots = told_slots(world).select("tutor_id", "session_date")
    hazard = world.truth.tutors.select("tutor_id", hazard="weekly_leave_hazard")
    days = world.truth.tutor_days.select(
        "tutor_id", week_end="date", leaves=pl.col("is_slowing") | ~pl.col("is_active")
    )
    lately, before = (_count_before(told, slots, *span) for span in ((4, 0), (8, 4)))
    fewer = 1 - pl.col("lately") / pl.col("before")
    return (
        told.join(lately.rename({"count": "lately"}), on=["tutor_id", "week_end"])
        .join(before.rename({"count": "before"}), on=["tutor_id", "week_end"])
        .join(hazard, on="tutor_id")
        .join(days, on=["tutor_id", "week_end"])
        .with_columns(
            naive=pl.when(pl.col("before") > 0).then(fewer).otherwise(0.0),
            oracle=pl.when("leaves").then(1.0).otherwise("hazard"),
        )
    )


def _count_before(weeks: pl.DataFrame, slots: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    """Slots from `first` to `last` weeks before the end of each week."""
    daily = slots.group_by("tutor_id", "session_date").len().sort("session_date")
    sums = daily.with_columns(pl.col("len").cum_sum().over("tutor_id"))

    def upto(count: int) -> pl.DataFrame:
        day = pl.col("week_end") - count * pl.duration(weeks=1)
        found = (
            weeks.select("tutor_id", "week_end")
            .with_columns(day=day)
            .sort("day")
            .join_asof(
                sums,
                left_on="day",
                right_on="session_date",
                by="tutor_id",
                check_sortedness=False,
            )
        )
        return found.select("tutor_id", "week_end", pl.col("len").fill_null(0).cast(pl.Int64))

    both = upto(last).join(upto(first), on=["tutor_id", "week_end"], suffix="_first")
    return both.select("tutor_id", "week_end", count=pl.col("len") - pl.col("len_first"))
