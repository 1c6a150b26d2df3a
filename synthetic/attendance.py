"""When tutor and student came and went, in Unix seconds; null for whoever did not come."""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic.chances import END_EARLY, END_EARLY_AFTER_LATE
from synthetic.columns import seconds
from synthetic.outcomes import HELD, STUDENT_ABSENT, TUTOR_ABSENT
from synthetic.people import Floats, Ints

PRESENCE = ("tutor_joined_at", "tutor_left_at", "student_joined_at", "student_left_at")

_LONGEST_CUT = 0.25
"""The share of a lesson by which it can end early."""
_start, _stop = pl.col("start"), pl.col("stop")
_is_held = pl.col("ending") == HELD
_tutor_waits = pl.col("ending") == STUDENT_ABSENT
_student_waits = pl.col("ending") == TUTOR_ABSENT


def longest_cut_minutes(minutes: Ints) -> Floats:
    """Returns by how much lessons of so many minutes end early at most; less is as likely."""
    return np.multiply(minutes, _LONGEST_CUT, dtype=np.float64)


def attendance() -> dict[str, pl.Expr]:
    """Returns the four moments by name."""
    tutor_left, waited = _tutor_left(), seconds("leave", 600, 900)
    return {
        "tutor_joined_at": pl.when(_is_held | _tutor_waits).then(_tutor_joined()),
        "tutor_left_at": pl.when(_is_held)
        .then(tutor_left)
        .when(_tutor_waits)
        .then(_tutor_joined() + waited),
        "student_joined_at": pl.when(_is_held | _student_waits).then(_student_joined()),
        "student_left_at": pl.when(_is_held)
        .then(tutor_left + seconds("told", 0, 20))
        .when(_student_waits)
        .then(_student_joined() + waited),
    }


def _tutor_joined() -> pl.Expr:
    """Late by at most 60 % of the lesson; who is later than that has not come."""
    late = pl.min_horizontal(pl.col("late"), (_stop - _start) * 0.6)
    return _start + pl.when(late > 0).then(late).otherwise(-seconds("join", 0, 180))


def _tutor_left() -> pl.Expr:
    """A few end early, by up to a quarter of the lesson; more of those who came late."""
    ends_early = pl.col("early") < pl.when(pl.col("late") > 300).then(
        END_EARLY_AFTER_LATE
    ).otherwise(END_EARLY)
    cut = (_stop - _start) * _LONGEST_CUT * pl.col("leave")
    return _stop + pl.when(ends_early).then(-cut).otherwise(seconds("leave", -30, 120))


def _student_joined() -> pl.Expr:
    is_late = pl.col("mood") < 0.08
    on_time = seconds("wait", -150, 45)
    return _start + pl.when(is_late).then(seconds("wait", 60, 600)).otherwise(on_time)
