"""Tutors day by day over the last half year: what stands still, what changes, and who notices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from bench.validity_case_mix import slots_with_case_mix
from bench.validity_metrics import Flags, Floats
from bench.validity_tutors import NAIVE_LIMIT, NAIVE_SESSIONS, told_slots
from bench.validity_world import AS_OF_DATE, DAYS, Warehouse
from synthetic.world import World

Grid = Floats | Flags
HISTORY_DAYS, WEEKS = 180, 25
_FIRST_DATE = AS_OF_DATE - timedelta(days=DAYS - 1)
# the first of these that the project makes; a rate that stays high is no drift, but a start
_DRIFTS = (
    "select tutor_id, score_date, probability as ours from intermediate.int_tutor_drift_days",
    """
        select tutor_id, score_date, probability as ours
        from intermediate.int_tutor_component_days where component = 'reliability'
    """,
)
_SCORES = "select tutor_id, score_date, state, score::double as ours from marts.fct_tutor_scores"
_FLAGS = """
    select tutor_id, kind, opened_on, coalesce(closed_on, date '9999-12-31') as closed_on
    from marts.fct_flags
"""
_OF_MOVES, _OF_DRIFT = ("reliability", "reschedule"), ("drift",)


@dataclass(frozen=True)
class DailyCounts:
    """One row per tutor, one column per day of the world: slots, and those that the tutor moved."""

    tutor_ids: list[str]
    slots: Floats
    moved: Floats
    left: Floats
    """The day on which each tutor left; infinite for those who stay."""

    @property
    def is_active(self) -> Flags:
        """Whether a tutor has begun by a day, and has not left."""
        begun = self.slots.cumsum(axis=1) > 0
        active: Flags = begun & (np.arange(self.slots.shape[1]) < self.left[:, None])
        return active

    def rate(self, days: int) -> Floats:
        """Returns the raw rate of the last so many days, this one included; NaN without a slot."""
        with np.errstate(invalid="ignore"):
            rate: Floats = _rolling(self.moved, days) / _rolling(self.slots, days)
        return rate


def _rolling(daily: Floats, days: int) -> Floats:
    sums = daily.cumsum(axis=1)
    before = np.zeros_like(sums)
    before[:, days:] = sums[:, :-days] if days < sums.shape[1] else 0
    rolled: Floats = sums - before
    return rolled


def daily_counts(world: World) -> DailyCounts:
    """Returns the slots by business day, from the records alone."""
    tutor_ids = world.tutors["tutor_id"].to_list()
    place = pl.DataFrame({"tutor_id": tutor_ids, "row": range(len(tutor_ids))})
    day = (pl.col("session_date") - _FIRST_DATE).dt.total_days()
    slots = told_slots(world).with_columns(day=day).filter(pl.col("day") >= 0)
    counted = slots.group_by("tutor_id", "day").agg(pl.len(), pl.col("is_moved").sum())
    cells = counted.join(place, on="tutor_id")
    where = cells["row"].to_numpy(), cells["day"].to_numpy()
    grids = np.zeros((2, len(tutor_ids), DAYS))
    grids[0][where], grids[1][where] = cells["len"].to_numpy(), cells["is_moved"].to_numpy()
    left = world.tutors.select((pl.col("left_on") - _FIRST_DATE).dt.total_days().cast(pl.Float64))
    until = left.to_series().fill_null(np.inf).to_numpy()
    return DailyCounts(tutor_ids, grids[0], grids[1], until)


def drift_table(world: World, warehouse: Warehouse) -> pl.DataFrame:
    """Returns one row per tutor and day of the last 180 on which the tutor was teaching.

    `ours` is what the warehouse tells of that day, `naive` the raw rate of 30 days, `all_time` that
    of all; `has_drift_flag` is null while there are no such flags. `changed_on` and `change` are
    true; `is_stable` tutors neither change nor leave.
    """
    counts = daily_counts(world)
    days: dict[str, Grid] = {
        "naive": counts.rate(30),
        "all_time": counts.rate(DAYS),
        "is_active": counts.is_active,
    }
    told = _long(counts, days, [AS_OF_DATE - timedelta(days=i) for i in range(HISTORY_DAYS)])
    return (
        told.filter("is_active")
        .drop("is_active")
        .join(warehouse.ask_first(*_DRIFTS), on=["tutor_id", "score_date"], how="left")
        .join(_changes(world), on="tutor_id")
        .sort("tutor_id", "score_date")
        .pipe(_with_drift_flags, warehouse.ask(_FLAGS))
    )


def _with_drift_flags(days: pl.DataFrame, flags: pl.DataFrame) -> pl.DataFrame:
    drift = flags.filter(pl.col("kind").is_in(_OF_DRIFT))
    if drift.is_empty():
        return days.with_columns(has_drift_flag=pl.lit(None, pl.Boolean))
    return _with_flags(days, drift).rename({"is_flagged": "has_drift_flag"})


def _changes(world: World) -> pl.DataFrame:
    """Who changes and when; a tutor is stable who has no change and does not leave."""
    truth = world.truth.tutors.select("tutor_id", "changed_on", "change", "has_change_point")
    left = world.tutors.select("tutor_id", "left_on")
    return truth.join(left, on="tutor_id").select(
        "tutor_id",
        "changed_on",
        "change",
        is_stable=~pl.col("has_change_point") & pl.col("left_on").is_null(),
    )


def week_table(world: World, warehouse: Warehouse) -> pl.DataFrame:
    """Returns one row per tutor and week of the last half year on whose last day they taught on.

    `ours` is the score if there is one, `naive_90_days` and `naive` raw rates; `is_flagged` and
    `is_naive_flagged` tell who was flagged that day. True are `true_rate` of that day, and
    `case_mix`, how hard the tutor's slots are to keep for anyone; `subject` is the most taught one.
    """
    counts = daily_counts(world)
    days: dict[str, Grid] = {
        "naive": counts.rate(DAYS),
        "naive_90_days": counts.rate(90),
        "session_count": counts.slots.cumsum(axis=1),
        "is_active": counts.is_active,
    }
    told = _long(counts, days, [AS_OF_DATE - timedelta(weeks=i) for i in range(WEEKS + 1)])
    scored = told.filter("is_active").drop("is_active")
    scored = scored.join(warehouse.ask(_SCORES), on=["tutor_id", "score_date"], how="left")
    true_rates = world.truth.tutor_days.select(
        "tutor_id", score_date="date", true_rate="reschedule_rate"
    )
    return (
        _with_flags(scored, warehouse.ask(_FLAGS).filter(pl.col("kind").is_in(_OF_MOVES)))
        .join(_changes(world), on="tutor_id")
        .join(true_rates, on=["tutor_id", "score_date"])
        .join(_settings(world), on="tutor_id")
        .with_columns(
            is_naive_flagged=(pl.col("naive") > NAIVE_LIMIT)
            & (pl.col("session_count") >= NAIVE_SESSIONS)
        )
        .sort("tutor_id", "score_date")
    )


def _settings(world: World) -> pl.DataFrame:
    """What each tutor teaches most, and where: nothing that anyone deserves a flag for."""
    slots = slots_with_case_mix(world)
    by_tutor = slots.group_by("tutor_id").agg(
        pl.col("case_mix").mean(), pl.col("time_zone").first()
    )
    taught = slots.group_by("tutor_id", "subject").len().sort("len", descending=True)
    most = taught.unique("tutor_id", keep="first", maintain_order=True).drop("len")
    return by_tutor.join(most, on="tutor_id")


def _with_flags(weeks: pl.DataFrame, flags: pl.DataFrame) -> pl.DataFrame:
    open_then = weeks.join(flags, on="tutor_id").filter(
        pl.col("opened_on") <= pl.col("score_date"), pl.col("score_date") < pl.col("closed_on")
    )
    flagged = open_then.select("tutor_id", "score_date", is_flagged=True).unique()
    return weeks.join(
        flagged, on=["tutor_id", "score_date"], how="left", maintain_order="left"
    ).with_columns(pl.col("is_flagged").fill_null(False))


def _long(
    counts: DailyCounts, grids: Mapping[str, Floats | Flags], dates: list[date]
) -> pl.DataFrame:
    """Grids of tutors by days become one row per tutor and date."""
    columns = [(day - _FIRST_DATE).days for day in dates]
    values = {name: grid[:, columns].ravel() for name, grid in grids.items()}
    rows = pl.DataFrame({"tutor_id": counts.tutor_ids}).join(
        pl.DataFrame({"score_date": dates}), how="cross"
    )
    return rows.hstack(pl.DataFrame(values)).with_columns(pl.col(pl.Float64).fill_nan(None))
