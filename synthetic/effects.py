"""What moves the logit of a reschedule besides tutor and pair: when, what, and the platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.random import Generator

from synthetic.kinds import LATER_CASE_MIX, CaseMix, Kind
from synthetic.people import SUBJECTS, Floats, Ints
from synthetic.timetable import START_MINUTES, WEEK, Timetable

_SUBJECT_EFFECTS = np.linspace(-0.10, 0.20, len(SUBJECTS))
_SHOCK_SHARE, _LONGEST_SHOCK = 0.15, 35
_CALM_DAYS = 14
RECENT_DAYS = 21


@dataclass(frozen=True)
class Effects:
    """What a kind of world adds; all zero in the base world."""

    level_shift: float
    by_day: Floats
    by_hour: Floats
    """One row per cell's hour, one column per subject."""
    by_weekday: Floats
    """One row per tutor, seven columns; the first is the weekday of the first day."""
    half_day: int
    first_by_day: Floats
    """On the satisfaction with first sessions."""


def recent_day(days: int) -> int:
    """Returns the day from which on scenarios show: three weeks before the end, or less."""
    return days - min(RECENT_DAYS, days // 4)


def draw_effects(rng: Generator, kind: Kind, tutors: int, days: int, horizon: int) -> Effects:
    """Returns the effects of a kind of world; every kind takes the same number of draws."""
    half = days // 2
    length = min(_LONGEST_SHOCK, max(1, int(days * _SHOCK_SHARE)))
    begins = half + int(rng.integers(0, max(1, days - half - length - _CALM_DAYS)))
    day = np.arange(horizon)
    return Effects(
        level_shift=kind.level_shift,
        by_day=kind.level_shift * (day >= half)
        + kind.shock * ((day >= begins) & (day < begins + length))
        - kind.calm * (day >= days - WEEK),
        by_hour=kind.hour_by_subject * rng.normal(size=(len(START_MINUTES), len(SUBJECTS))),
        by_weekday=kind.tutor_by_weekday * rng.normal(size=(tutors, WEEK)),
        half_day=half if kind.level_shift else horizon,
        first_by_day=np.where(day >= recent_day(days), kind.first_shift, 0.0),
    )


class Calendar:
    """The case-mix of lessons: the part of the logit that is nobody's doing."""

    def __init__(self, timetable: Timetable, effects: Effects, first_day: date, days: int) -> None:
        self._timetable, self._effects = timetable, effects
        self._first_day, self._days = first_day, days

    def logit(self) -> Floats:
        """Returns the logit of a reschedule before tutor, pair and first session, by lesson."""
        day = self._timetable.lessons.day
        logit = self._logit(CaseMix(), slice(None)) + self._effects.by_day[day]
        later = np.flatnonzero(day >= self._effects.half_day)
        if len(later):
            logit[later] = self._logit(LATER_CASE_MIX, later) + self._effects.by_day[day[later]]
        return logit

    def logit_at_end(self, lessons: Ints) -> Floats:
        """Returns the same for some lessons, as if they were held when the days end."""
        has_turned = self._effects.half_day < self._days
        mix = LATER_CASE_MIX if has_turned else CaseMix()
        return self._logit(mix, lessons) + self._effects.level_shift

    def _logit(self, mix: CaseMix, some: Ints | slice) -> Floats:
        """The intercept is lower than §5's, since here tutors with many lessons weigh more."""
        lessons, lines = self._timetable.lessons, self._timetable.lines
        line, minute = lessons.line[some], lessons.minute[some]
        hour, subject = minute / 60, lines.subject[line]
        logit: Floats = (
            -2.55
            + _calendar_logit(mix, self._first_day, self._days)[lessons.day[some]]
            + mix.early * (hour < 8)
            + mix.late * (hour >= 20.5)
            + mix.subject * _SUBJECT_EFFECTS[subject]
            + mix.lead * np.log(lessons.lead_hours[some] / 72)
            + mix.often * (lines.size[line] >= 2)
            + self._effects.by_hour[np.searchsorted(START_MINUTES, minute), subject]
        )
        return logit


def _calendar_logit(mix: CaseMix, first_day: date, days: int) -> Floats:
    dates = np.datetime64(first_day, "D") + np.arange(days)
    weekday = (dates.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    month = dates.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day_of_month = (dates - dates.astype("datetime64[M]")).astype(np.int64) + 1
    holidays = ((month == 12) & (day_of_month >= 15)) | ((month == 1) & (day_of_month <= 2))
    effect: Floats = (
        mix.friday * (weekday == 4)
        + mix.sunday * (weekday == 6)
        + mix.holidays * holidays
        + mix.may * (month == 5)
    )
    return effect
