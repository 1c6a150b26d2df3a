"""The chances of every slot, from all that is latent: what an oracle would tell beforehand."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl

from synthetic import chances
from synthetic.attendance import longest_cut_minutes
from synthetic.chances import logit_to_chance
from synthetic.history import History
from synthetic.outcomes import MOST_MOVES
from synthetic.people import Flags, Floats, Ints

LATE_MINUTES, EARLY_END_MINUTES = 5.0, 10.0
"""What counts as late and as an early end."""
_ROWS = 32_768


def session_truth(history: History, session_ids: pl.Series) -> pl.DataFrame:
    """Returns `Truth.sessions`, in the order of `session_ids`, which is that of slots."""
    slots, taught = history.slots, history.taught
    lesson = slots.lesson
    return pl.DataFrame(
        {
            "session_id": session_ids,
            "engagement": taught.engagement[lesson],
            **_in_slices(history),
            "is_in_outage": history.circumstances.in_outage[lesson],
            "satisfaction": taught.drawn.satisfaction[lesson],
            "is_first_session": taught.is_first[lesson],
            "ends_engagement": taught.is_last[lesson],
        }
    )


def _in_slices(history: History) -> dict[str, Floats]:
    """Slices that fit the processor's cache are worked several times as fast as the whole."""
    count = len(history.slots.lesson)
    told = {name: np.empty(count) for name in slot_chances(history, slice(0, 0))}

    def tell(first: int) -> None:
        some = slice(first, first + _ROWS)
        for name, values in slot_chances(history, some).items():
            told[name][some] = values

    with ThreadPoolExecutor() as pool:
        list(pool.map(tell, range(0, count, _ROWS)))
    return told


def slot_chances(history: History, some: slice) -> dict[str, Floats]:
    """Returns the chances of some of the slots by name."""
    lesson, place = history.slots.lesson[some], history.slots.place[some]
    tutors, taught = history.tutors, history.taught
    tutor = history.timetable.lines.tutor[history.timetable.lessons.line[lesson]]
    student, first = taught.student[lesson], taught.is_first[lesson]
    moved = taught.drawn.reschedule_chance[lesson] * (place < MOST_MOVES)
    stands = 1 - moved - chances.STUDENT_RESCHEDULES * (place < MOST_MOVES)
    cancelled = chances.cancel_chance(history.students.unreliability[student], first)
    due = stands * (1 - cancelled)
    missed = due * tutor_absence(history, lesson, tutor)
    held = (due - missed) * student_presence(history, student, first)
    poor = held * _poor_chance(history, lesson, tutor)
    late, early, either = punctuality(history, lesson, tutors.lateness[tutor])
    base = chances.end_logit(first, _was_moved(history, lesson, place), tutors.quality[tutor])
    ends = (
        missed * logit_to_chance(base + chances.NO_SHOW_END_LOGIT)
        + poor * logit_to_chance(base + chances.poor_end_logit(first))
        + (stands - missed - poor) * logit_to_chance(base)
    )
    asked_late = _asked_late(history, some, tutors.reliability[tutor])
    return {
        "reschedule_chance": moved,
        "last_day_reschedule_chance": moved * asked_late / (1 - (1 - due) * (1 - asked_late)),
        "tutor_cancel_chance": stands * cancelled * chances.TUTOR_CANCELS,
        "tutor_no_show_chance": missed,
        "late_start_chance": held * late,
        "early_end_chance": held * early,
        "attendance_chance": missed + held * either,
        "poor_chance": poor,
        "ends_chance": ends,
    }


def tutor_absence(history: History, lesson: Ints, tutor: Ints) -> Floats:
    """Returns the chance that the tutor misses a lesson which was not moved or cancelled."""
    lessons, tutors = history.timetable.lessons, history.tutors
    is_slowing = lessons.day[lesson] >= tutors.slowing_day[tutor]
    is_early = lessons.minute[lesson] < 8 * 60
    return chances.tutor_absent_chance(tutors.no_show[tutor], is_early, is_slowing)


def student_presence(history: History, student: Ints, is_first: Flags) -> Floats:
    """Returns the chance that the student comes to it."""
    return 1 - chances.student_absent_chance(history.students.unreliability[student], is_first)


def punctuality(history: History, lesson: Ints, lateness: Floats) -> tuple[Floats, Floats, Floats]:
    """Returns the chances of a held lesson to begin late, to end early, and of either."""
    minutes = history.timetable.lines.minutes[history.timetable.lessons.line[lesson]]
    is_long_cut = 1 - np.minimum(EARLY_END_MINUTES / longest_cut_minutes(minutes), 1)
    late = chances.later_than_chance(LATE_MINUTES, lateness)
    early_if_punctual = chances.END_EARLY * is_long_cut
    early = late * chances.END_EARLY_AFTER_LATE * is_long_cut + (1 - late) * early_if_punctual
    return late, early, late + (1 - late) * early_if_punctual


def _poor_chance(history: History, lesson: Ints, tutor: Ints) -> Floats:
    tutors, students, taught = history.tutors, history.students, history.taught
    student, engagement = taught.student[lesson], taught.engagement[lesson]
    mean = chances.satisfaction(
        tutors.quality[tutor],
        tutors.first_session[tutor],
        taught.is_first[lesson],
        taught.engagements.liking[engagement],
        students.leniency[student],
        students.difficulty[student],
        history.circumstances.first_effect[lesson],
    )
    return chances.satisfied_below_chance(chances.POOR_BELOW, mean, tutors.lateness[tutor])


def _was_moved(history: History, lesson: Ints, place: Ints) -> Flags:
    by_tutor: Flags = history.taught.drawn.is_tutor_move[lesson, 0] & (place > 0)
    return by_tutor


def _asked_late(history: History, some: slice, reliability: Floats) -> Floats:
    """The chance that a move or cancellation is asked for within the last 24 hours."""
    slots = history.slots
    z = (np.log(24) - chances.log_notice_hours(reliability)) / chances.NOTICE_SPREAD
    longest = (slots.start[some] - slots.booked[some]) * chances.LONGEST_NOTICE
    return np.where(longest < 24 * 3600, 1.0, chances.normal_below(z))
