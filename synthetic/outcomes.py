"""What happens to lessons: drawn from the chances, step by step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from synthetic import chances
from synthetic.chances import STUDENT_RESCHEDULES, logit_to_chance
from synthetic.people import Flags, Floats, Ints, Students, Tutors

HELD, CANCELLED, TUTOR_ABSENT, STUDENT_ABSENT, BOTH_ABSENT, OUTAGE = range(6)
MOST_MOVES = 2
_OUTAGE_FAILS = 0.7


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
        poor: Flags = (self.status == HELD) & (self.satisfaction < chances.POOR_BELOW)
        return poor

    @property
    def is_missed(self) -> Flags:
        """Whether the tutor did not come."""
        missed: Flags = (self.status == TUTOR_ABSENT) | (self.status == BOTH_ABSENT)
        return missed

    @property
    def is_moved_by_tutor(self) -> Flags:
        """Whether the first move was the tutor's."""
        moved: Flags = (self.moves > 0) & self.is_tutor_move[:, 0]
        return moved


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
    first_effect: Floats


def draw_outcomes(rng: Generator, step: Step, tutors: Tutors, students: Students) -> Drawn:
    """Returns what happened; a lesson can be moved `MOST_MOVES` times."""
    count = len(step.tutor)
    first = step.is_first
    luck = rng.random((8, count))
    chance = logit_to_chance(step.case_mix + step.reliability - 0.2 * first + step.pair_reliability)
    moves = (luck[:MOST_MOVES] < chance + STUDENT_RESCHEDULES).cumprod(axis=0).sum(axis=0)
    technical = (luck[5] < chances.TECHNICAL) | step.in_outage
    late = _draw_lateness(rng, luck[6], tutors.lateness[step.tutor])
    satisfied = _draw_satisfaction(rng, step, tutors, students)
    return Drawn(
        reschedule_chance=chance,
        moves=moves,
        is_tutor_move=(luck[:MOST_MOVES] < chance).T,
        status=_decide_status(luck, step, moves, tutors, students),
        late_minutes=late,
        has_technical_issue=technical,
        satisfaction=satisfied
        - chances.PER_LATE_MINUTE * late
        - chances.PER_TECHNICAL_ISSUE * technical,
    )


def _decide_status(
    luck: Floats, step: Step, moves: Ints, tutors: Tutors, students: Students
) -> Ints:
    first, unreliable = step.is_first, students.unreliability[step.student]
    no_show = tutors.no_show[step.tutor]
    cancels = luck[2] < chances.cancel_chance(unreliable, first)
    tutor_fails = luck[3] < chances.tutor_absent_chance(no_show, step.is_early, step.is_leaving)
    student_fails = luck[4] < chances.student_absent_chance(unreliable, first)
    outage = step.in_outage & (moves == 0) & (luck[7] < _OUTAGE_FAILS)
    status: Ints = np.select(
        [outage, cancels, tutor_fails & student_fails, tutor_fails, student_fails],
        [OUTAGE, CANCELLED, BOTH_ABSENT, TUTOR_ABSENT, STUDENT_ABSENT],
        HELD,
    )
    return status


def _draw_lateness(rng: Generator, luck: Floats, lateness: Floats) -> Floats:
    """Most tutors are there on time; the rest are late by some minutes, long for the tardy."""
    is_late = luck < chances.late_chance(lateness)
    return is_late * rng.exponential(chances.late_minutes(lateness))


def _draw_satisfaction(rng: Generator, step: Step, tutors: Tutors, students: Students) -> Floats:
    mean = chances.satisfaction(
        tutors.quality[step.tutor],
        tutors.first_session[step.tutor],
        step.is_first,
        step.pair_liking,
        students.leniency[step.student],
        students.difficulty[step.student],
        step.first_effect,
    )
    return mean + rng.normal(0, chances.NOISE, len(mean))


def end_chance(step: Step, drawn: Drawn, tutors: Tutors) -> Floats:
    """Returns the chance that the student goes after this lesson, knowing how it went."""
    return logit_to_chance(
        chances.end_logit(step.is_first, drawn.is_moved_by_tutor, tutors.quality[step.tutor])
        + chances.poor_end_logit(step.is_first) * drawn.is_poor
        + chances.NO_SHOW_END_LOGIT * drawn.is_missed
    )
