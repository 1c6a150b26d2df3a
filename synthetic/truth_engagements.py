"""How long students stay with a tutor, why they go, and whom they go to."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.random import Generator

from synthetic.columns import choose, moment, student_ids, tutor_ids
from synthetic.history import History
from synthetic.people import Ints

CAUSES = ("tutor_no_show", "poor_first_session", "poor_session", "tutor_reschedule", "other")
_REPLACED = (0.9, 0.4, 0.4, 0.5, 0.25)
"""The chance, by cause, that a student who goes wants another tutor. Source: §5."""


def engagement_truth(rng: Generator, history: History) -> pl.DataFrame:
    """Returns `Truth.engagements`."""
    pairs = history.taught.engagements
    ends, tutors = _ends(rng, history), tutor_ids(history.tutors.count)
    told = _spans(history)
    tutor, student = pairs.tutor[told["engagement"]], pairs.student[told["engagement"]]
    left = history.tutors.left_day[tutor] < history.size.horizon
    every = told.with_columns(tutor=tutor, student=student, has_left=left).join(
        ends, on="engagement", how="left", maintain_order="left"
    )
    return _with_successors(every).select(
        "engagement",
        tutor_id=choose(tutors, pl.col("tutor")),
        student_id=choose(student_ids(history.size.students), pl.col("student")),
        started_at=moment("start"),
        last_at=moment("last"),
        lesson_count="lesson_count",
        is_new="is_new",
        ended_at=pl.when(pl.col("cause").is_not_null() | pl.col("has_left")).then(moment("last")),
        end_cause=pl.coalesce(
            pl.col("cause"), pl.when("has_left").then(pl.lit("tutor_left")), pl.lit(None, pl.String)
        ),
        is_replaced="is_replaced",
        replaced_by="replaced_by",
        replaced_by_tutor_id=choose(tutors, pl.col("replaced_by_tutor")),
    )


def _spans(history: History) -> pl.DataFrame:
    """Slots lie in the order of their starts, so the last one written is the last one held."""
    slots, taught = history.slots, history.taught
    engagement = taught.engagement[slots.lesson]
    count = len(taught.engagements.tutor)
    first, last = np.zeros((2, count), dtype=np.int64)
    is_new = np.zeros(count, dtype=bool)
    last[engagement] = slots.start
    first[engagement[::-1]] = slots.start[::-1]
    is_new[taught.engagement[taught.is_first]] = True
    lessons = np.bincount(taught.engagement, minlength=count)
    spans = {"start": first, "last": last, "lesson_count": lessons, "is_new": is_new}
    return (
        pl.DataFrame(spans)
        .with_columns(engagement=pl.int_range(count))
        .filter(pl.col("lesson_count") > 0)
    )


def _ends(rng: Generator, history: History) -> pl.DataFrame:
    taught = history.taught
    lesson = np.flatnonzero(taught.is_last)
    cause = _causes(history, lesson)
    wishes = rng.random(len(lesson)) < np.array(_REPLACED)[cause]
    return pl.DataFrame(
        {
            "engagement": taught.engagement[lesson],
            "cause": np.array(CAUSES)[cause],
            "is_replaced": wishes,
        }
    )


def _causes(history: History, lesson: Ints) -> Ints:
    drawn, first = history.taught.drawn, history.taught.is_first
    poor = drawn.is_poor[lesson]
    conditions = [
        drawn.is_missed[lesson],
        poor & first[lesson],
        poor,
        drawn.is_moved_by_tutor[lesson],
    ]
    cause: Ints = np.select(conditions, list(range(len(conditions))), len(conditions))
    return cause


def _with_successors(every: pl.DataFrame) -> pl.DataFrame:
    later = every.select(
        "student", "start", replaced_by="engagement", replaced_by_tutor="tutor"
    ).sort("start")
    successors = (
        every.filter("is_replaced")
        .select("engagement", "student", "last")
        .sort("last")
        .join_asof(
            later,
            left_on="last",
            right_on="start",
            by="student",
            strategy="forward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
    )
    names = ("replaced_by", "replaced_by_tutor")
    found = every.join(
        successors.select("engagement", *names),
        on="engagement",
        how="left",
        maintain_order="left",
    )
    is_another = pl.col("replaced_by_tutor") != pl.col("tutor")
    return found.with_columns(pl.when(is_another).then(pl.col(names)))
