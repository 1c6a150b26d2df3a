"""All that happens in a pretend company, before anyone writes it down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from numpy.random import Generator, default_rng

from synthetic.effects import Calendar, draw_effects, recent_day
from synthetic.engagements import Circumstances, Taught, teach
from synthetic.kinds import Kind
from synthetic.outages import find_outages
from synthetic.people import (
    Floats,
    Ints,
    Students,
    Tutors,
    busiest_good_tutor,
    draw_students,
    draw_tutors,
    let_down,
)
from synthetic.slots import Clock, Slots, lay_out_slots
from synthetic.timetable import WEEK, Timetable, draw_timetable, thin

DAYS_AHEAD = 10
# A lesson that is moved adds a slot: so many slots there are for one lesson of the timetable.
_SLOTS_PER_LESSON = 1.13
_QUIET_SHARE = 0.35


@dataclass(frozen=True)
class Size:
    """How many people, and how many slots a day by the last of so many days."""

    tutors: int
    students: int
    days: int
    sessions_per_day: int

    @property
    def horizon(self) -> int:
        """How many days happen; the last ones are not told yet."""
        return self.days + DAYS_AHEAD


@dataclass(frozen=True)
class History:
    """The people, what was planned, and how it went; days are counted from `first_day`."""

    first_day: date
    size: Size
    tutors: Tutors
    students: Students
    timetable: Timetable
    calendar: Calendar
    weekday_effects: Floats
    """One row per tutor: on the logit of a reschedule, by day of the week from `first_day` on."""
    first_effect_at_end: float
    circumstances: Circumstances
    taught: Taught
    slots: Slots


def streams(seed: int, count: int) -> list[Generator]:
    """Returns one per part, so that a draw more in one part leaves the others as they are."""
    return [default_rng([seed, part]) for part in range(count)]


def draw_history(rngs: list[Generator], size: Size, first_day: date, kind: Kind) -> History:
    """Returns the same history for the same streams: people, timetable, luck, outcomes, effects."""
    people, table, luck, outcome, special = rngs
    tutors = _draw_tutors(people, size, kind)
    students = draw_students(people, size.students)
    per_week = 7 * size.sessions_per_day / _SLOTS_PER_LESSON
    timetable = draw_timetable(table, tutors, first_day, size.horizon, per_week)
    effects = draw_effects(special, kind, size.tutors, size.days, size.horizon)
    if kind.calm:
        timetable = _quieten(special, timetable, size.days)
    calendar = Calendar(timetable, effects, first_day, size.horizon)
    clock = Clock(first_day, size.horizon)
    start = _starts(tutors, timetable, clock)
    lessons = timetable.lessons
    own = effects.by_weekday[timetable.lines.tutor[lessons.line], lessons.day % 7]
    circumstances = Circumstances(
        case_mix=calendar.logit() + own,
        in_outage=find_outages(luck, start - clock.midnight, size.days, kind),
        first_effect=effects.first_by_day[lessons.day],
    )
    taught = teach(outcome, tutors, students, timetable, circumstances, kind.spread)
    return History(
        first_day=first_day,
        size=size,
        tutors=tutors,
        students=students,
        timetable=timetable,
        calendar=calendar,
        weekday_effects=effects.by_weekday,
        first_effect_at_end=float(effects.first_by_day[-1]),
        circumstances=circumstances,
        taught=taught,
        slots=lay_out_slots(luck, tutors, timetable, taught, clock),
    )


def _draw_tutors(rng: Generator, size: Size, kind: Kind) -> Tutors:
    tutors = draw_tutors(rng, size.tutors, size.days, size.horizon, kind.spread)
    if not kind.downfall:
        return tutors
    who = busiest_good_tutor(tutors)
    return let_down(tutors, who, recent_day(size.days), kind.downfall)


def _quieten(rng: Generator, timetable: Timetable, days: int) -> Timetable:
    day = timetable.lessons.day
    return thin(timetable, (day < days - WEEK) | (rng.random(len(day)) < _QUIET_SHARE))


def _starts(tutors: Tutors, timetable: Timetable, clock: Clock) -> Ints:
    lessons = timetable.lessons
    zone = tutors.zone[timetable.lines.tutor[lessons.line]]
    return clock.seconds(zone, lessons.day, lessons.minute)
