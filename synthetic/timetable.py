"""The weekly timetable: which tutor teaches in which slots, before it is known to whom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.random import Generator

from synthetic.people import SUBJECTS, Flags, Floats, Ints, Tutors

WEEK = 7
# Lessons start each 45 minutes from 7:00 to 21:15 local time; a cell is one start on one day.
START_MINUTES = 7 * 60 + 45 * np.arange(20)
CELLS = len(START_MINUTES) * WEEK
# Never reached, only approached: a tutor keeps some cells free to move lessons to.
MOST_PER_WEEK = 130
_START_WEIGHTS = np.interp(START_MINUTES / 60, [7, 9, 14, 16, 19, 22], [0.5, 0.4, 0.8, 2, 2, 0.5])
_WEEKDAY_WEIGHTS = np.array([1.15, 1.2, 1.2, 1.1, 0.85, 0.7, 0.8])
# Growth: lines of established tutors that open within the days told of.
_NEW_LINE_SHARE = 0.12
_SCALE_STEPS = 40


@dataclass(frozen=True)
class Lines:
    """A line is one to seven slots a week that one tutor gives to one student at a time."""

    tutor: Ints
    subject: Ints
    minutes: Ints
    start_day: Ints
    size: Ints
    cells: Ints
    """One row per line, its slots in order; `CELLS` fills the row where there are fewer than 7."""


@dataclass(frozen=True)
class Lessons:
    """What the timetable foresees, in steps: no two lessons of a step are of the same line."""

    line: Ints
    day: Ints
    minute: Ints
    lead_hours: Floats
    steps: Ints
    """Where each step begins, and after the last one the number of lessons."""


@dataclass(frozen=True)
class Timetable:
    """What is planned, before it is known to whom and how it goes."""

    lines: Lines
    lessons: Lessons
    cells: Ints
    """One row per tutor: all cells of a week, those without a lesson last."""
    taken: Ints
    """How many of a tutor's cells have a lesson."""


def draw_timetable(
    rng: Generator, tutors: Tutors, first_day: date, days: int, per_week: float
) -> Timetable:
    """Returns a timetable that grows to `per_week` lessons a week by the last of `days` days.

    Where §5 has a median of 3 sessions a week and tutor, a company of 300 tutors and 3,000 sessions
    a day needs 70 on average: the spread is §5's, but its tail bends to what a week can hold, and a
    student takes several lessons a week from a tutor.
    """
    taken = _share_out(tutors, days, per_week)
    weights = np.roll(_WEEKDAY_WEIGHTS, -first_day.weekday())
    liking = np.log(np.outer(_START_WEIGHTS, weights)).ravel()
    order = np.argsort(-(liking + rng.gumbel(size=(tutors.count, CELLS))), axis=1)
    lines = _draw_lines(rng, tutors, order, taken, days)
    return Timetable(lines, _draw_lessons(rng, tutors, lines, days), order, taken)


def thin(timetable: Timetable, is_kept: Flags) -> Timetable:
    """Returns the timetable with only some of its lessons."""
    lessons = timetable.lessons
    before = np.concatenate([[0], np.cumsum(is_kept)])
    fewer = Lessons(
        line=lessons.line[is_kept],
        day=lessons.day[is_kept],
        minute=lessons.minute[is_kept],
        lead_hours=lessons.lead_hours[is_kept],
        steps=before[lessons.steps],
    )
    return replace(timetable, lessons=fewer)


def _share_out(tutors: Tutors, days: int, per_week: float) -> Ints:
    """Scales volumes until those who stay fill the week; the tail bends towards the most."""

    def bend(scale: float) -> Floats:
        bent: Floats = MOST_PER_WEEK * (1 - np.exp(-tutors.volume * scale / MOST_PER_WEEK))
        return bent

    scale, stays = 1.0, tutors.left_day >= days
    for _ in range(_SCALE_STEPS):
        scale *= per_week / bend(scale)[stays].sum()
    return np.maximum(np.rint(bend(scale)), 1).astype(np.int64)


def _draw_lines(rng: Generator, tutors: Tutors, order: Ints, taken: Ints, days: int) -> Lines:
    """Slots of one tutor at the same hour of different days make a line, cut by chance."""
    chosen = np.zeros((tutors.count, CELLS), dtype=bool)
    np.put_along_axis(chosen, order, np.arange(CELLS) < taken[:, None], axis=1)
    tutor, cell = np.nonzero(chosen)
    hour = tutor * len(START_MINUTES) + cell // WEEK
    begins = np.concatenate([[True], np.diff(hour) > 0]) | (rng.random(len(cell)) < 0.25)
    line = np.cumsum(begins) - 1
    count = int(line[-1]) + 1
    place = np.arange(len(cell)) - np.flatnonzero(begins)[line]
    cells = np.full((count, WEEK), CELLS)
    cells[line, place] = cell
    owner = tutor[begins]
    opens = np.where(rng.random(count) < _NEW_LINE_SHARE, rng.integers(0, days, count), -1)
    return Lines(
        tutor=owner,
        subject=(tutors.subject[owner] + rng.choice(3, count, p=[0.6, 0.25, 0.15])) % len(SUBJECTS),
        minutes=np.where(rng.random(count) < 0.35, 30, 45),
        start_day=np.maximum(opens, tutors.start_day[owner]),
        size=np.bincount(line),
        cells=cells,
    )


def _draw_lessons(rng: Generator, tutors: Tutors, lines: Lines, days: int) -> Lessons:
    place, line = np.nonzero(lines.cells.T < CELLS)
    cell = lines.cells[line, place]
    weeks = np.arange(-(-days // WEEK))
    day = (weeks[:, None] * WEEK + cell % WEEK).ravel()
    step = (weeks[:, None] * WEEK + place).ravel()
    line, cell = np.tile(line, len(weeks)), np.tile(cell, len(weeks))
    left = tutors.left_day[lines.tutor[line]]
    slowing = tutors.slowing_day[lines.tutor[line]]
    fewer = (day >= slowing) & (rng.random(len(day)) < 0.35)
    kept = (day < np.minimum(days, left)) & (day >= lines.start_day[line]) & ~fewer
    lead = np.exp(rng.normal(np.log(72), 0.9, int(kept.sum())))
    return Lessons(
        line=line[kept],
        day=day[kept],
        minute=START_MINUTES[cell[kept] // WEEK],
        lead_hours=np.clip(lead, 2, 28 * 24),
        steps=np.searchsorted(step[kept], np.arange(len(weeks) * WEEK + 1)),
    )
