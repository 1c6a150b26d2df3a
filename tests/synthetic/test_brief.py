"""The figures of the brief, realised in worlds that nobody has looked at before."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl
import pytest

from synthetic.world import make_world

SEEDS = (301, 302, 303)
STANDARD_ERRORS = 4


@pytest.fixture(scope="module")
def slots(world_end: datetime) -> pl.DataFrame:
    """Told slots of a few worlds with their truth; the tutor's number makes the clusters."""
    worlds = [make_world(seed, 150, 1_200, 70, 1_200, world_end) for seed in SEEDS]
    told = [
        world.sessions.join(world.truth.sessions, on="session_id", suffix="_true")
        .join(world.truth.engagements, on="engagement", suffix="_of_engagement")
        .with_columns(cluster=pl.lit(f"{seed} ") + pl.col("tutor_id"))
        for seed, world in zip(SEEDS, worlds, strict=True)
    ]
    return pl.concat(told)


MOVED = pl.col("status") == "rescheduled"
BY_TUTOR = pl.col("reschedule").struct.field("initiator") == "tutor"
IS_LAST = pl.col("ends_engagement") & ~MOVED
STARS = pl.col("student_rating")
FIGURES = {
    "reschedules by the tutor": (BY_TUTOR, MOVED, 0.982, 0.982),
    "slots rescheduled": (MOVED, pl.col("session_id").is_not_null(), 0.10, 0.15),
    "slots nobody or one came to": (
        pl.col("status") == "no_show",
        pl.col("session_id").is_not_null(),
        0.01,
        0.02,
    ),
    "churners who fail at their first session": (
        pl.col("is_first_session_true"),
        IS_LAST,
        0.24,
        0.24,
    ),
    "replacements after a no-show": (
        pl.col("end_cause") == "tutor_no_show",
        IS_LAST & pl.col("is_replaced"),
        0.16,
        0.16,
    ),
    "five stars": (STARS == 5, STARS.is_not_null(), 0.70, 0.78),
    "four stars": (STARS == 4, STARS.is_not_null(), 0.05, 0.09),
    "three stars": (STARS == 3, STARS.is_not_null(), 0.03, 0.06),
    "two stars": (STARS == 2, STARS.is_not_null(), 0.04, 0.08),
    "one star": (STARS == 1, STARS.is_not_null(), 0.07, 0.11),
    "rated": (STARS.is_not_null(), pl.col("status") == "completed", 0.49, 0.53),
}


def share_and_error(slots: pl.DataFrame, part: pl.Expr, whole: pl.Expr) -> tuple[float, float]:
    """A share with its standard error; sessions of one tutor are not independent."""
    counted = slots.filter(whole.fill_null(False))
    sums = counted.group_by("cluster").agg(pl.len(), k=part.fill_null(False).sum())
    k, n = sums["k"].to_numpy(), sums["len"].to_numpy()
    share = k.sum() / n.sum()
    return share, float(np.sqrt(((k - share * n) ** 2).sum()) / n.sum())


@pytest.mark.parametrize("figure", FIGURES)
def test_realised_figure_is_that_of_the_brief(slots: pl.DataFrame, figure: str) -> None:
    part, whole, low, high = FIGURES[figure]
    share, error = share_and_error(slots, part, whole)
    assert error < 0.2 * high
    assert low - STANDARD_ERRORS * error <= share <= high + STANDARD_ERRORS * error
