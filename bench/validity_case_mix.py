"""How hard a slot is to keep whoever teaches it: the true case-mix, as far as a slot shows it."""

from __future__ import annotations

import numpy as np
import polars as pl

from bench.validity_tutors import told_slots
from synthetic.people import ZONES
from synthetic.world import World

_FACTORS = ("subject", "weekday", "hour_band", "month", "is_first_session_true")


def slots_with_case_mix(world: World) -> pl.DataFrame:
    """Returns the slots that have passed, with the truth of each and `case_mix`, a logit.

    Least squares over true chances: the logit of a reschedule, less the tutor's reliability of the
    day, on subject, weekday, hour, month, lead and first session. What is left is the pair's.
    """
    days = world.truth.tutor_days.rename({"date": "session_date"})
    slots = (
        told_slots(world)
        .join(world.truth.sessions, on="session_id", suffix="_true")
        .join(days, on=["tutor_id", "session_date"])
        .with_columns(
            weekday=pl.col("session_date").dt.weekday(),
            month=pl.col("session_date").dt.strftime("%Y-%m"),
            hour_band=pl.sum_horizontal(local_hour() >= 8, local_hour() >= 20.5),
            log_lead=lead_hours().log(),
        )
    )
    # a slot that a lesson was moved to keeps the chance of the lesson's first one
    is_original = slots["rescheduled_from"].is_null() & (slots["reschedule_chance"] > 0)
    chance = pl.col("reschedule_chance")
    others = slots.select((chance / (1 - chance)).log() - pl.col("reliability")).to_series()
    table = slots.select(pl.col(_FACTORS).cast(pl.String)).to_dummies(drop_first=True)
    design = np.column_stack([np.ones(slots.height), slots["log_lead"], table.to_numpy()])
    known = is_original.to_numpy()
    effects, *_ = np.linalg.lstsq(design[known], others.to_numpy()[known], rcond=None)
    return slots.with_columns(case_mix=pl.Series(design @ effects))


def lead_hours() -> pl.Expr:
    """Returns how long before its start a slot was booked."""
    return (pl.col("scheduled_start") - pl.col("booked_at")).dt.total_seconds() / 3600


def local_hour() -> pl.Expr:
    """Returns the hour and its fraction where the tutor lives."""
    hours = [
        pl.when(pl.col("time_zone") == zone).then(
            pl.col("scheduled_start").dt.convert_time_zone(zone).dt.hour()
            + pl.col("scheduled_start").dt.minute() / 60
        )
        for zone in ZONES
    ]
    return pl.coalesce(hours)
