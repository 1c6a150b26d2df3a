"""The true rates of tutors: all measured with the same lessons and the same students."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from synthetic import chances
from synthetic.chances import logit_to_chance
from synthetic.columns import tutor_ids
from synthetic.history import History
from synthetic.outcomes import HELD
from synthetic.people import Floats, Ints
from synthetic.timetable import WEEK
from synthetic.truth_sessions import punctuality, student_presence

_SAMPLE, _RATED_SAMPLE = 2_000, 400
_GRID = np.linspace(-8, 8, 1_601)


class Yardstick:
    """A sample of lessons that stands for all; each tutor is thought to teach all of it."""

    def __init__(self, history: History) -> None:
        self._history = history
        lesson = _spread_out(np.arange(len(history.timetable.lessons.line)), _SAMPLE)
        taught, self._lesson = history.taught, lesson
        student, first = taught.student[lesson], taught.is_first[lesson]
        pair = taught.engagements.reliability[taught.engagement[lesson]]
        self._others = history.calendar.logit_at_end(lesson) - 0.2 * first + pair
        self._cancelled = chances.cancel_chance(history.students.unreliability[student], first)
        self._weekday = history.timetable.lessons.day[lesson] % WEEK

    def reschedule_rate(self, reliability: Floats) -> Floats:
        """Returns moves per slot; `reliability` has one row per tutor, the result its shape."""
        return self._by_weekday(reliability, np.zeros(len(self._lesson)))

    def change_rate(self, reliability: Floats) -> Floats:
        """Returns moves and cancellations per slot, likewise."""
        return self._by_weekday(reliability, self._cancelled * chances.TUTOR_CANCELS)

    def _by_weekday(self, reliability: Floats, if_it_stands: Floats) -> Floats:
        """Interpolates, since the tutors differ in one number; on some days in another one."""
        rate = np.zeros_like(reliability)
        for weekday in range(WEEK):
            is_then = self._weekday == weekday
            moved = logit_to_chance(_GRID[:, None] + self._others[is_then])
            stands = 1 - chances.STUDENT_RESCHEDULES - moved
            known = (moved + stands * if_it_stands[is_then]).sum(axis=1) / len(self._lesson)
            own = self._history.weekday_effects[:, weekday]
            rate += np.interp((reliability.T + own).T, _GRID, known)
        return rate

    def attendance_rate(self) -> Floats:
        """Returns incidents per lesson that was held or missed, one entry per tutor."""
        history, lesson = self._history, self._lesson
        tutors, taught = history.tutors, history.taught
        is_slowing = (history.size.days - 1 >= tutors.slowing_day)[:, None]
        is_early = history.timetable.lessons.minute[lesson] < 8 * 60
        missed = chances.tutor_absent_chance(tutors.no_show[:, None], is_early, is_slowing)
        student = taught.student[lesson]
        held = (1 - missed) * student_presence(history, student, taught.is_first[lesson])
        _, _, either = punctuality(history, lesson, tutors.lateness[:, None])
        rate: Floats = (missed + held * either).sum(axis=1) / (missed + held).sum(axis=1)
        return rate

    def mean_rating(self) -> Floats:
        """Returns stars, one entry per tutor, as if every held lesson was rated."""
        held = np.flatnonzero(self._history.taught.drawn.status == HELD)
        below = [self._share_below(limit, held) for limit in chances.STARS_ABOVE]
        stars: Floats = 5 - np.sum(below, axis=0)
        return stars

    def poor_first_rate(self) -> Floats:
        """Returns the share of poor lessons among held first ones, one entry per tutor."""
        taught = self._history.taught
        first = np.flatnonzero(taught.is_first & (taught.drawn.status == HELD))
        return self._share_below(chances.POOR_BELOW, first)

    def _share_below(self, limit: float, lessons: Ints) -> Floats:
        history = self._history
        tutors, students, taught = history.tutors, history.students, history.taught
        lesson = _spread_out(lessons, _RATED_SAMPLE)
        student = taught.student[lesson]
        mean = chances.satisfaction(
            tutors.quality[:, None],
            tutors.first_session[:, None],
            taught.is_first[lesson],
            taught.engagements.liking[taught.engagement[lesson]],
            students.leniency[student],
            students.difficulty[student],
            history.first_effect_at_end,
        )
        below = chances.satisfied_below_chance(limit, mean, tutors.lateness[:, None])
        share: Floats = below.mean(axis=1)
        return share


def _spread_out(lessons: Ints, most: int) -> Ints:
    return lessons[:: max(1, len(lessons) // most)]


def tutor_truth(history: History, yardstick: Yardstick) -> pl.DataFrame:
    """Returns `Truth.tutors`."""
    tutors, days = history.tutors, history.size.days
    last = tutors.daily_reliability[:, days - 1]
    changed = tutors.change_day < days
    return pl.DataFrame(
        {
            "tutor_id": tutor_ids(tutors.count),
            "reschedule_rate": yardstick.reschedule_rate(last),
            "change_rate": yardstick.change_rate(last),
            "attendance_rate": yardstick.attendance_rate(),
            "mean_rating": yardstick.mean_rating(),
            "poor_first_rate": yardstick.poor_first_rate(),
            "reliability": tutors.reliability,
            "reliability_at_end": last,
            "quality": tutors.quality,
            "no_show": tutors.no_show,
            "first_session": tutors.first_session,
            "lateness": tutors.lateness,
            "is_chronic": tutors.is_chronic,
            "has_change_point": changed,
            "changed_on": _dates(history, tutors.change_day, days),
            "change": np.where(changed, tutors.change, 0.0),
            "leaves_on": _dates(history, tutors.left_day, history.size.horizon),
            "weekly_leave_hazard": tutors.weekly_leave_hazard,
        }
    )


def tutor_day_truth(history: History, yardstick: Yardstick) -> pl.DataFrame:
    """Returns `Truth.tutor_days`."""
    tutors, horizon = history.tutors, history.size.horizon
    day = np.arange(horizon)
    is_active = (day >= tutors.start_day[:, None]) & (day < tutors.left_day[:, None])
    return pl.DataFrame(
        {
            "tutor_id": tutor_ids(tutors.count).gather(np.repeat(np.arange(tutors.count), horizon)),
            "date": np.tile(np.datetime64(history.first_day, "D") + day, tutors.count),
            "reliability": tutors.daily_reliability.ravel(),
            "reschedule_rate": yardstick.reschedule_rate(tutors.daily_reliability).ravel(),
            "is_active": is_active.ravel(),
            "is_changed": (day >= tutors.change_day[:, None]).ravel(),
            "is_slowing": (is_active & (day >= tutors.slowing_day[:, None])).ravel(),
        }
    )


def _dates(history: History, day: Ints, before: int) -> pl.Series:
    dates = [history.first_day + timedelta(days=int(d)) if d < before else None for d in day]
    return pl.Series(dates, dtype=pl.Date)
