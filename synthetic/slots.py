"""Lessons become slots: a moved lesson has one row for each slot it was given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.random import Generator

from synthetic.chances import LONGEST_NOTICE, NOTICE_SPREAD, log_notice_hours
from synthetic.engagements import Taught
from synthetic.outcomes import MOST_MOVES
from synthetic.people import ZONES, Flags, Floats, Ints, Tutors
from synthetic.timetable import CELLS, START_MINUTES, WEEK, Timetable

MOST_SLOTS = MOST_MOVES + 1
_HOUR = 3600
_PREFERS_SOONER = 0.35


@dataclass(frozen=True)
class Slots:
    """One entry per slot, in the order of their starts. Moments are Unix seconds."""

    lesson: Ints
    start: Ints
    booked: Ints
    requested: Ints
    """When the move was asked for; means nothing in the last slot of a lesson."""
    place: Ints
    """0 for the original slot, 1 for the one it was moved to, and so on."""
    parent: Ints
    """Which entry this one was moved from; -1 for an original slot."""
    next_start: Ints


def zone_offsets(first_day: date, days: int) -> Ints:
    """Returns seconds east of UTC, by zone and day; taken at noon, since nobody teaches at 2 am."""
    noons = [datetime.combine(first_day + timedelta(days=i), time(12)) for i in range(days)]
    return np.array(
        [[int(_offset(noon, ZoneInfo(zone)).total_seconds()) for noon in noons] for zone in ZONES]
    )


def _offset(noon: datetime, zone: ZoneInfo) -> timedelta:
    offset = noon.replace(tzinfo=zone).utcoffset()
    assert offset is not None
    return offset


class Clock:
    """Turns local days and minutes into Unix seconds."""

    def __init__(self, first_day: date, days: int) -> None:
        # Three weeks more than are told of: each move goes up to a week ahead.
        self._offsets = zone_offsets(first_day, days + MOST_SLOTS * WEEK)
        self.midnight = int(datetime.combine(first_day, time(), UTC).timestamp())

    def seconds(self, zone: Ints, day: Ints, minute: Ints) -> Ints:
        """Returns the moments of local minutes of days, both counted from the first midnight."""
        moment: Ints = self.midnight + day * 86_400 + minute * 60 - self._offsets[zone, day]
        return moment


def lay_out_slots(
    rng: Generator, tutors: Tutors, timetable: Timetable, taught: Taught, clock: Clock
) -> Slots:
    """Returns every slot of every lesson.

    The chance to be moved again is that of the original slot, whatever the hour of the new one.
    """
    lessons = timetable.lessons
    tutor = timetable.lines.tutor[lessons.line]
    lesson, day = np.arange(len(tutor)), lessons.day
    start = clock.seconds(tutors.zone[tutor], day, lessons.minute)
    booked = start - (lessons.lead_hours * _HOUR).astype(np.int64)
    notice = log_notice_hours(tutors.reliability)
    parts = []
    for place in range(MOST_SLOTS):
        requested = _draw_request(rng, start, booked, notice[tutor])
        moved = np.flatnonzero(taught.drawn.moves[lesson] > place)
        wishes = rng.random(len(lesson)) < _PREFERS_SOONER
        next_start = np.zeros_like(start)
        parts.append((lesson, start, booked, requested, np.full(len(lesson), place), next_start))
        lesson, tutor, booked = lesson[moved], tutor[moved], requested[moved]
        day, start = _move(timetable, clock, tutors, tutor, day[moved], booked, wishes[moved])
        next_start[moved] = start
    return _order([np.concatenate(column) for column in zip(*parts, strict=True)])


def _draw_request(rng: Generator, start: Ints, booked: Ints, log_notice: Floats) -> Ints:
    """Notice is about 20 hours, less for the unreliable, and never longer than the booking."""
    hours = np.exp(rng.normal(log_notice, NOTICE_SPREAD))
    notice = np.minimum(hours * _HOUR, (start - booked) * LONGEST_NOTICE)
    requested: Ints = start - np.maximum(notice, 60).astype(np.int64)
    return requested


def _move(
    timetable: Timetable,
    clock: Clock,
    tutors: Tutors,
    tutor: Ints,
    day: Ints,
    requested: Ints,
    wishes_sooner: Flags,
) -> tuple[Ints, Ints]:
    """The day and the moment of the next slot; a week sooner if that can still be."""
    zone = tutors.zone[tutor]
    new_day, minute = _find_new_slot(timetable, tutor, day, _turn(tutor))
    sooner = clock.seconds(zone, np.maximum(new_day - WEEK, 0), minute)
    fits = (new_day >= WEEK) & (sooner > requested + 4 * _HOUR)
    new_day = new_day - WEEK * (fits & wishes_sooner)
    return new_day, clock.seconds(zone, new_day, minute)


def _turn(tutor: Ints) -> Ints:
    """Counts the moves of each tutor, so that two of them seldom go to the same free cell."""
    moves = pl.DataFrame({"tutor": tutor})
    return moves.select(pl.col("tutor").cum_count().over("tutor")).to_series().to_numpy()


def _find_new_slot(timetable: Timetable, tutor: Ints, day: Ints, turn: Ints) -> tuple[Ints, Ints]:
    """One of the tutor's free cells, each in its turn, one to seven days later."""
    taken = timetable.taken[tutor]
    cell = timetable.cells[tutor, taken + turn % (CELLS - taken)]
    later = (cell % WEEK - day) % WEEK
    minute: Ints = START_MINUTES[cell // WEEK]
    return day + np.where(later == 0, WEEK, later), minute


def _by_start(start: Ints, lesson: Ints) -> Ints:
    """Sorts by start, then by lesson; 16 bits of quarter hours are sorted without comparing."""
    quarter = (start - start.min()) // 900
    few_bits = quarter.astype(np.min_scalar_type(int(quarter.max())))
    by_lesson = np.argsort(lesson, kind="stable")
    order: Ints = by_lesson[np.argsort(few_bits[by_lesson], kind="stable")]
    return order


def _order(columns: list[Ints]) -> Slots:
    lesson, start, booked, requested, place, next_start = columns
    count = int((place == 0).sum())
    entry = np.full((MOST_SLOTS, count), -1)
    order = _by_start(start, lesson)
    entry[place[order], lesson[order]] = np.arange(len(order))
    parent = np.where(place > 0, entry[place - 1, lesson], -1)
    return Slots(
        lesson=lesson[order],
        start=start[order],
        booked=booked[order],
        requested=requested[order],
        place=place[order],
        parent=parent[order],
        next_start=next_start[order],
    )
