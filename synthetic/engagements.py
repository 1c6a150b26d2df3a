"""Who is taught by whom: students come, stay while it goes well, and make room for others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.random import Generator

from synthetic.outcomes import Drawn, Step, draw_outcomes, end_chance
from synthetic.people import Flags, Floats, Ints, Students, Tutors
from synthetic.timetable import CELLS, Lines, Timetable

_ROUNDS = 8
_NEW_AT_START = 0.10


@dataclass(frozen=True)
class Engagements:
    """One entry per engagement: who teaches whom, and what is particular to the two."""

    tutor: Ints
    student: Ints
    reliability: Floats
    liking: Floats


@dataclass(frozen=True)
class Pairs:
    """One entry per lesson: its pair, and where the lesson stands in its engagement."""

    student: Ints
    engagement: Ints
    is_first: Flags
    is_known_old: Flags
    """The first lesson told of a pair that met before the days told of."""
    is_last: Flags


@dataclass(frozen=True)
class Taught(Pairs):
    """All lessons as they went."""

    drawn: Drawn
    engagements: Engagements


@dataclass(frozen=True)
class Circumstances:
    """What is nobody's doing; one entry per lesson."""

    case_mix: Floats
    """The logit of a reschedule, but for tutor and pair."""
    in_outage: Flags
    first_effect: Floats
    """On the satisfaction, if it is a first session."""


class Pairing:
    """Which student each line has at the moment, and what is particular to the pair."""

    def __init__(
        self, rng: Generator, tutors: Tutors, students: Students, lines: Lines, spread: float
    ) -> None:
        self._rng, self._lines, self._spread = rng, lines, spread
        spans = np.array([students.span(zone) for zone in range(int(tutors.zone.max()) + 1)])
        self._first, self._room = spans[tutors.zone[lines.tutor]].T
        self._busy = np.zeros((len(students.zone), CELLS + 1), dtype=bool)
        self._met = np.zeros((tutors.count, len(students.zone)), dtype=bool)
        self._count = 0
        self._opened: list[Engagements] = []
        count = len(lines.tutor)
        self.student = np.zeros(count, dtype=np.int64)
        self.engagement = np.zeros(count, dtype=np.int64)
        self.reliability = np.zeros(count)
        self.liking = np.zeros(count)
        self.is_first = np.zeros(count, dtype=bool)
        self.is_known_old = np.zeros(count, dtype=bool)
        self.replace(np.arange(count))
        opened_before = (lines.start_day < 0) & (rng.random(count) >= _NEW_AT_START)
        self.is_first &= ~opened_before
        self.is_known_old |= opened_before

    def replace(self, lines: Ints) -> None:
        """Gives each of these lines another student, if it can be one new to the tutor."""
        count = len(lines)
        self.student[lines], self.is_first[lines] = self._find_students(lines)
        self.engagement[lines] = self._count + np.arange(count)
        self._count += count
        self.reliability[lines] = self._spread * self._rng.normal(0, 0.35, count)
        self.liking[lines] = self._spread * self._rng.normal(0, 0.5, count)
        pair = self._lines.tutor[lines], self.student[lines]
        self._opened.append(Engagements(*pair, self.reliability[lines], self.liking[lines]))

    def engagements(self) -> Engagements:
        """Returns all that there were, in the order of their numbers."""
        return Engagements(**_columns(self._opened))

    def release(self, lines: Ints) -> None:
        """Frees the hours of the students of these lines."""
        self._busy[self.student[lines, None], self._lines.cells[lines]] = False

    def _find_students(self, lines: Ints) -> tuple[Ints, Flags]:
        """Draws until a student is new to the tutor and free; the last draw stands as it is."""
        found, is_new = (
            np.zeros(len(lines), dtype=np.int64),
            np.zeros(len(lines), dtype=bool),
        )
        open_ = np.arange(len(lines))
        for round_ in range(_ROUNDS):
            asking = lines[open_]
            draw = self._first[asking] + np.floor(
                self._rng.random(len(asking)) * self._room[asking]
            ).astype(np.int64)
            fits = self._fits(asking, draw) | (round_ == _ROUNDS - 1)
            found[open_[fits]] = draw[fits]
            pair = self._lines.tutor[asking[fits]], draw[fits]
            is_new[open_[fits]] = ~self._met[pair]
            self._met[pair] = True
            self._busy[draw[fits, None], self._lines.cells[asking[fits]]] = True
            open_ = open_[~fits]
        return found, is_new

    def _fits(self, lines: Ints, students: Ints) -> Flags:
        once = np.zeros(len(students), dtype=bool)
        once[np.unique(students, return_index=True)[1]] = True
        cells = self._lines.cells[lines]
        hours = self._busy[students[:, None], cells] & (cells < CELLS)
        return once & ~hours.any(axis=1) & ~self._met[self._lines.tutor[lines], students]


def teach(
    rng: Generator,
    tutors: Tutors,
    students: Students,
    timetable: Timetable,
    circumstances: Circumstances,
    spread: float,
) -> Taught:
    """Returns all lessons of the timetable as they went, step by step: the past decides."""
    pairing = Pairing(rng, tutors, students, timetable.lines, spread)
    parts = []
    for start, stop in pairwise(timetable.lessons.steps):
        lessons = slice(start, stop)
        step = _meet(pairing, tutors, timetable, lessons, circumstances)
        line = timetable.lessons.line[lessons]
        parts.append(_teach_step(rng, step, line, pairing, tutors, students))
    return Taught(
        **_columns([pairs for pairs, _ in parts]),
        drawn=Drawn(**_columns([drawn for _, drawn in parts])),
        engagements=pairing.engagements(),
    )


def _meet(
    pairing: Pairing,
    tutors: Tutors,
    timetable: Timetable,
    lessons: slice,
    circumstances: Circumstances,
) -> Step:
    line, day = timetable.lessons.line[lessons], timetable.lessons.day[lessons]
    tutor = timetable.lines.tutor[line]
    return Step(
        tutor=tutor,
        student=pairing.student[line],
        is_first=pairing.is_first[line],
        pair_reliability=pairing.reliability[line],
        pair_liking=pairing.liking[line],
        reliability=tutors.daily_reliability[tutor, day],
        is_early=timetable.lessons.minute[lessons] < 8 * 60,
        is_leaving=day >= tutors.slowing_day[tutor],
        case_mix=circumstances.case_mix[lessons],
        in_outage=circumstances.in_outage[lessons],
        first_effect=circumstances.first_effect[lessons],
    )


def _teach_step(
    rng: Generator,
    step: Step,
    line: Ints,
    pairing: Pairing,
    tutors: Tutors,
    students: Students,
) -> tuple[Pairs, Drawn]:
    drawn = draw_outcomes(rng, step, tutors, students)
    pairs = Pairs(
        student=step.student,
        engagement=pairing.engagement[line],
        is_first=step.is_first,
        is_known_old=pairing.is_known_old[line],
        is_last=rng.random(len(line)) < end_chance(step, drawn, tutors),
    )
    pairing.is_first[line] = pairing.is_known_old[line] = False
    gone = line[pairs.is_last]
    pairing.release(gone)
    pairing.replace(gone)
    return pairs, drawn


def _columns(parts: Sequence[Pairs | Drawn | Engagements]) -> dict[str, Any]:
    names = [field.name for field in fields(parts[0])]
    return {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
