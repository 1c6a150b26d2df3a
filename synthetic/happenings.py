"""What of the eight findings happened in each session, so that texts can tell of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.random import Generator

from synthetic.chances import logit_to_chance
from synthetic.history import History
from synthetic.people import Flags, Floats, Ints
from synthetic.phrases import CODES

_WORTH_TELLING_MINUTES = 5.0
_NOTHING_MINUTES = 1.0


@dataclass(frozen=True)
class Happenings:
    """One row per slot; the flags have one column per code."""

    is_held: Flags
    has_happened: Flags
    is_absent: Flags
    """Certainly did not happen; a tutor who is two minutes late is neither late nor not late."""
    late_minutes: Ints
    early_minutes: Ints


def draw_happenings(rng: Generator, history: History, records: pl.DataFrame) -> Happenings:
    """Returns what happened in the slots of `records`; nothing does where no lesson was held."""
    late = _minutes(records, "scheduled_start", "tutor_joined_at")
    early = _minutes(records, "tutor_left_at", "scheduled_end")
    is_held = (records["status"] == "completed").to_numpy()
    drawn = rng.random((records.height, len(CODES))) < _chances(history)
    columns = {code: drawn[:, place] for place, code in enumerate(CODES)}
    columns["tutor_late"] = late > _WORTH_TELLING_MINUTES
    columns["ended_early"] = early > _WORTH_TELLING_MINUTES
    columns["tech_issue"] = history.taught.drawn.has_technical_issue[history.slots.lesson]
    happened = np.column_stack([columns[code] for code in CODES]) & is_held[:, None]
    absent = ~happened & is_held[:, None]
    absent[:, CODES.index("tutor_late")] &= late < _NOTHING_MINUTES
    absent[:, CODES.index("ended_early")] &= early < _NOTHING_MINUTES
    return Happenings(is_held, happened, absent, _whole(late), _whole(early))


def _chances(history: History) -> Floats:
    """What tutors do wrong depends on how good they are, and goes with how it was liked."""
    tutors, lesson = history.tutors, history.slots.lesson
    tutor = history.timetable.lines.tutor[history.timetable.lessons.line[lesson]]
    quality, reliability = tutors.quality[tutor], tutors.reliability[tutor]
    student = history.taught.student[lesson]
    liked = history.taught.drawn.satisfaction[lesson]
    zero = np.zeros(len(lesson))
    logits = {
        "unprepared": -3.6 - 0.5 * quality - 0.6 * liked,
        "gave_answers": -3.7 - 0.4 * quality,
        "off_platform": -5.0 + 0.5 * reliability,
        "dismissive_tone": -4.4 - 0.5 * quality - 0.7 * liked,
        "student_distress": -4.8 + 0.4 * history.students.difficulty[student],
    }
    return np.column_stack([logit_to_chance(logits.get(code, zero)) for code in CODES])


def _minutes(records: pl.DataFrame, earlier: str, later: str) -> Floats:
    gap = (pl.col(later) - pl.col(earlier)).dt.total_seconds() / 60
    return records.select(gap.fill_null(0.0)).to_series().to_numpy()


def _whole(minutes: Floats) -> Ints:
    return np.maximum(np.rint(minutes), 1).astype(np.int64)
