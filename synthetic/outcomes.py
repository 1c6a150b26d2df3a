"""The chances of what can happen to a lesson, and what then did happen.

Formulas are those of `validity.md` §5 of the project's reference, unless a comment says why not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.random import Generator

from synthetic.people import SUBJECTS, Flags, Floats, Ints, Students, Tutors
from synthetic.timetable import Timetable

HELD, CANCELLED, TUTOR_ABSENT, STUDENT_ABSENT, BOTH_ABSENT, OUTAGE = range(6)
STUDENT_RESCHEDULES = 0.0022
MOST_MOVES = 2
POOR_BELOW = -1.45
_OUTAGE_FAILS = 0.7
_SUBJECT_EFFECTS = np.linspace(-0.10, 0.20, len(SUBJECTS))


def logit_to_chance(logit: Floats) -> Floats:
    """Returns the probability, 0 to 1."""
    chance: Floats = 1 / (1 + np.exp(-logit))
    return chance


@dataclass(frozen=True)
class Drawn:
    """What happened to the lessons of one step; a moved lesson ends as told in its last slot."""

    reschedule_chance: Floats
    moves: Ints
    is_tutor_move: Flags
    """One column per move: whether the tutor asked for it."""
    status: Ints
    late_minutes: Floats
    has_technical_issue: Flags
    satisfaction: Floats

    @property
    def is_poor(self) -> Flags:
        """Whether the lesson was held and the student is not content."""
        poor: Flags = (self.status == HELD) & (self.satisfaction < POOR_BELOW)
        return poor


def case_mix_logit(timetable: Timetable, first_day: date, days: int) -> Floats:
    """Returns the logit of a reschedule, before tutor, pair and first session, of each lesson.

    The intercept is a little lower than §5's, since here tutors with many lessons weigh more.
    """
    lessons, lines = timetable.lessons, timetable.lines
    hour = lessons.minute / 60
    logit: Floats = (
        -2.55
        + _calendar_logit(first_day, days)[lessons.day]
        + 0.35 * (hour < 8)
        + 0.2 * (hour >= 20.5)
        + _SUBJECT_EFFECTS[lines.subject[lessons.line]]
        + 0.16 * np.log(lessons.lead_hours / 72)
        + 0.1 * (lines.size[lessons.line] >= 2)
    )
    return logit


def _calendar_logit(first_day: date, days: int) -> Floats:
    dates = np.datetime64(first_day, "D") + np.arange(days)
    weekday = (dates.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    month = dates.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day_of_month = (dates - dates.astype("datetime64[M]")).astype(np.int64) + 1
    holidays = ((month == 12) & (day_of_month >= 15)) | ((month == 1) & (day_of_month <= 2))
    effect: Floats = (
        0.22 * (weekday == 4) + 0.15 * (weekday == 6) + 0.5 * holidays + 0.15 * (month == 5)
    )
    return effect


@dataclass(frozen=True)
class Step:
    """The lessons of one step, and what decides them; no two are of the same line."""

    tutor: Ints
    student: Ints
    is_first: Flags
    pair_reliability: Floats
    pair_liking: Floats
    case_mix: Floats
    reliability: Floats
    is_early: Flags
    is_leaving: Flags
    in_outage: Flags


def draw_outcomes(rng: Generator, step: Step, tutors: Tutors, students: Students) -> Drawn:
    """Returns what happened; a lesson can be moved `MOST_MOVES` times."""
    count = len(step.tutor)
    first = step.is_first
    luck = rng.random((8, count))
    chance = logit_to_chance(step.case_mix + step.reliability - 0.2 * first + step.pair_reliability)
    moves = (luck[:MOST_MOVES] < chance + STUDENT_RESCHEDULES).cumprod(axis=0).sum(axis=0)
    technical = (luck[5] < 0.015) | step.in_outage
    late = _draw_lateness(rng, luck[6], tutors.lateness[step.tutor])
    satisfaction = _draw_satisfaction(rng, step, tutors, students)
    return Drawn(
        reschedule_chance=chance,
        moves=moves,
        is_tutor_move=(luck[:MOST_MOVES] < chance).T,
        status=_decide_status(luck, step, moves, tutors, students),
        late_minutes=late,
        has_technical_issue=technical,
        satisfaction=satisfaction - 0.035 * late - 0.9 * technical,
    )


def _decide_status(
    luck: Floats, step: Step, moves: Ints, tutors: Tutors, students: Students
) -> Ints:
    first, unreliable = step.is_first, students.unreliability[step.student]
    cancels = luck[2] < logit_to_chance(-3.75 + 0.6 * unreliable + 0.3 * first)
    tutor_fails = luck[3] < logit_to_chance(
        -4.78 + tutors.no_show[step.tutor] + 0.25 * step.is_early + 0.3 * step.is_leaving
    )
    student_fails = luck[4] < logit_to_chance(-5.2 + 0.7 * unreliable + 0.5 * first)
    outage = step.in_outage & (moves == 0) & (luck[7] < _OUTAGE_FAILS)
    status: Ints = np.select(
        [outage, cancels, tutor_fails & student_fails, tutor_fails, student_fails],
        [OUTAGE, CANCELLED, BOTH_ABSENT, TUTOR_ABSENT, STUDENT_ABSENT],
        HELD,
    )
    return status


def _draw_lateness(rng: Generator, luck: Floats, lateness: Floats) -> Floats:
    """Most tutors are there on time; the rest are late by some minutes, long for the tardy."""
    is_late = luck < logit_to_chance(-2.3 + lateness)
    return is_late * rng.exponential(6 * np.exp(0.3 * lateness))


def _draw_satisfaction(rng: Generator, step: Step, tutors: Tutors, students: Students) -> Floats:
    first = step.is_first
    satisfaction: Floats = (
        0.6 * tutors.quality[step.tutor]
        + 0.35 * tutors.first_session[step.tutor] * first
        + step.pair_liking
        + students.leniency[step.student]
        - 0.25 * students.difficulty[step.student] * first
        - 0.2 * first
        + rng.normal(0, 0.85, len(first))
    )
    return satisfaction


def end_chance(step: Step, drawn: Drawn, tutors: Tutors) -> Floats:
    """Returns the chance that the student goes after this lesson; a poor first one weighs most.

    Students go sooner than in §5, whose world begins with first sessions only: this one is told of
    from its middle, and still has to come to 10 % first sessions.
    """
    poor = drawn.is_poor
    no_show = (drawn.status == TUTOR_ABSENT) | (drawn.status == BOTH_ABSENT)
    return logit_to_chance(
        -3.1
        + 1.9 * poor
        + 1.6 * (poor & step.is_first)
        + 0.05 * step.is_first
        + 3.6 * no_show
        + 0.45 * ((drawn.moves > 0) & drawn.is_tutor_move[:, 0])
        - 0.25 * tutors.quality[step.tutor]
    )
