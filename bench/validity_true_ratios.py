"""The true ratio of each tutor to the platform, told as the warehouse would with endless sessions.

That is: of the slots that count for the tutor, weighed by harm, of the sessions that students rate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from bench.validity_case_mix import lead_hours, local_hour
from bench.validity_metrics import Floats
from bench.validity_tutors import told_slots
from synthetic import chances
from synthetic.world import World

_STARS_OF_E = 0.5
"""So many stars below the platform are to ratings what a ratio of e is to counts."""
_LEADS, _FEWEST_RATINGS = 2_000, 30


@dataclass(frozen=True)
class Harm:
    """What events weigh in a score; one that is not named counts for one."""

    short_notice_hours: float
    short_notice: float
    long_notice_hours: float
    long_notice: float
    no_show: float


def true_ratios(world: World, tutors: pl.DataFrame, harm: Harm) -> dict[str, Floats]:
    """Returns the ratios by component, in the order of `tutors` (those of `tutor_table`).

    The platform is the mean over what is counted: slots of the last 90 days, ratings, and first
    sessions that were rated or missed. Whose students leave has more first sessions than others.
    """
    slots = told_slots(world).join(world.truth.sessions, on="session_id", suffix="_true")
    volume = tutors["recent_count"].to_numpy()
    ratings, firsts = _ratings_and_firsts(slots, tutors)
    absent = _absence(slots, tutors)
    weighed = tutors["true_shown_rate"].to_numpy() * _notice_weight(slots, tutors, harm)
    incidents = tutors["attendance_rate"].to_numpy() + (harm.no_show - 1) * absent
    rates = {
        "reliability": weighed,
        "attendance": incidents,
        "first_sessions": _poor_firsts_as_rated(slots, tutors, absent),
    }
    weights = {"reliability": volume, "attendance": volume, "first_sessions": firsts}
    ratios = {name: rate / np.average(rate, weights=weights[name]) for name, rate in rates.items()}
    stars = _stars_as_rated(slots, tutors)
    below = np.average(stars, weights=ratings) - stars
    return ratios | {"quality": np.exp(below / _STARS_OF_E)}


def _ratings_and_firsts(slots: pl.DataFrame, tutors: pl.DataFrame) -> tuple[Floats, Floats]:
    """How many ratings, and how many judged first sessions, each tutor has."""
    missed = pl.col("no_show_party").is_in(["tutor", "both"]).fill_null(False)
    is_rated = pl.col("student_rating").is_not_null()
    counts = slots.group_by("tutor_id").agg(
        ratings=is_rated.sum(),
        firsts=(pl.col("is_first_session_true") & (is_rated | missed)).sum(),
    )
    told = tutors.join(counts, on="tutor_id", how="left", maintain_order="left")
    ratings, firsts = (
        told[name].fill_null(0).cast(pl.Float64).to_numpy() for name in ("ratings", "firsts")
    )
    return ratings, firsts


def _notice_weight(slots: pl.DataFrame, tutors: pl.DataFrame, harm: Harm) -> Floats:
    """The mean weight of a tutor's moves: the unreliable give less notice, nobody more than a slot
    was booked ahead."""
    booked = slots.filter(pl.col("rescheduled_from").is_null()).select(lead_hours()).to_series()
    every = max(1, len(booked) // _LEADS)
    longest = booked.gather_every(every).to_numpy() * chances.LONGEST_NOTICE
    middle = chances.log_notice_hours(tutors["reliability"].to_numpy())

    def below(hours: float) -> Floats:
        capped = float(np.mean(longest < hours))
        z = (np.log(hours) - middle) / chances.NOTICE_SPREAD
        share: Floats = capped + (1 - capped) * chances.normal_below(z)
        return share

    short, long = below(harm.short_notice_hours), 1 - below(harm.long_notice_hours)
    weight: Floats = 1 + (harm.short_notice - 1) * short + (harm.long_notice - 1) * long
    return weight


def _absence(slots: pl.DataFrame, tutors: pl.DataFrame) -> Floats:
    """The chance that a tutor misses a slot that was neither moved nor cancelled."""
    is_early = slots.select(local_hour() < 8).to_series().to_numpy()
    no_show = tutors["no_show"].to_numpy()
    ones = np.ones(len(no_show), dtype=bool)
    at_dawn = chances.tutor_absent_chance(no_show, ones, False)
    by_day = chances.tutor_absent_chance(no_show, ~ones, False)
    absent: Floats = by_day + float(is_early.mean()) * (at_dawn - by_day)
    return absent


def _poor_firsts_as_rated(slots: pl.DataFrame, tutors: pl.DataFrame, absent: Floats) -> Floats:
    """Poor or missed, of first sessions that were rated or missed: the cross rate more."""
    held = slots.filter(pl.col("is_first_session_true"), pl.col("status") == "completed")
    is_poor = pl.col("satisfaction") < chances.POOR_BELOW
    rated = held.group_by(is_poor.alias("poor")).agg(pl.col("student_rating").count() / pl.len())
    shares = dict(rated.iter_rows())
    truly_poor = tutors["poor_first_rate"].to_numpy()
    poor = (1 - absent) * truly_poor * shares.get(True, 1)
    others = (1 - absent) * (1 - truly_poor) * shares.get(False, 1)
    rate: Floats = (poor + absent) / (poor + others + absent)
    return rate


def _stars_as_rated(slots: pl.DataFrame, tutors: pl.DataFrame) -> Floats:
    """True mean stars on the line that the stars given follow: students rate by mood."""
    given = slots.group_by("tutor_id").agg(
        stars=pl.col("student_rating").mean(), count=pl.col("student_rating").count()
    )
    many = tutors.join(given, on="tutor_id").filter(pl.col("count") >= _FEWEST_RATINGS)
    truth, weight = many["mean_rating"].to_numpy(), np.sqrt(many["count"].to_numpy())
    slope, start = np.polyfit(truth, many["stars"].to_numpy(), 1, w=weight)
    stars: Floats = start + slope * tutors["mean_rating"].to_numpy()
    return stars
