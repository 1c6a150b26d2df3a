"""Slots become records of the contract, with everything that a sender would know."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.random import Generator

from synthetic import columns
from synthetic.attendance import PRESENCE, attendance
from synthetic.columns import LUCK, MOVED, choose, moment, record_id, student_ids, tutor_ids
from synthetic.history import History
from synthetic.outcomes import MOST_MOVES
from synthetic.people import GRADES, SUBJECTS, ZONES

_ROWS = 131_072


def session_records(rng: Generator, history: History) -> pl.DataFrame:
    """Returns one row per slot with the contract's fields, ordered by start; future ones too.

    They are made slice by slice: what is needed in between would not fit into memory for all.
    """
    count = len(history.slots.lesson)
    ids = pl.select(record_id("s", pl.int_range(count), 9)).to_series()
    slices = [slice(first, min(first + _ROWS, count)) for first in range(0, count, _ROWS)]
    return pl.concat([_records(rng, history, ids, some) for some in slices], rechunk=False)


def _records(rng: Generator, history: History, ids: pl.Series, some: slice) -> pl.DataFrame:
    drawn = _drawn_columns(history, some)
    luck = rng.random((drawn.height, len(LUCK))).T.copy()
    frame = drawn.with_columns(
        pl.Series(name, values) for name, values in zip(LUCK, luck, strict=True)
    ).with_columns(**attendance())
    return frame.select(
        session_id=ids[some],
        version=pl.lit(1, pl.Int32),
        tutor_id=choose(tutor_ids(history.tutors.count), pl.col("tutor")),
        student_id=choose(student_ids(history.size.students), pl.col("student")),
        status=columns.status(),
        scheduled_start=moment("start"),
        scheduled_end=moment("stop"),
        **{name: moment(name) for name in PRESENCE},
        reschedule=columns.reschedule(),
        cancellation=columns.cancellation(),
        no_show_party=columns.no_show_party(),
        rescheduled_from=choose(ids, pl.when(pl.col("parent") >= 0).then("parent")),
        booked_at=moment("booked"),
        subject=choose(SUBJECTS, pl.col("subject")),
        grade_level=choose(GRADES, pl.col("grade")),
        time_zone=choose(ZONES, pl.col("zone")),
        is_first_session=columns.is_first_session(),
        student_rating=columns.student_rating(),
        tutor_rating=columns.tutor_rating(),
        technical_issue=columns.technical_issue(),
        follow_up_booked=columns.follow_up_booked(),
        sent_at=columns.sent_at(),
    )


def _drawn_columns(history: History, some: slice) -> pl.DataFrame:
    tutors, students, taught = history.tutors, history.students, history.taught
    slots, lines, drawn = history.slots, history.timetable.lines, taught.drawn
    lesson, place = slots.lesson[some], slots.place[some]
    line, student = history.timetable.lessons.line[lesson], taught.student[lesson]
    is_moved = place < drawn.moves[lesson]
    return pl.DataFrame(
        {
            "parent": slots.parent[some],
            "tutor": lines.tutor[line],
            "student": student,
            "subject": lines.subject[line],
            "grade": students.grade[student],
            "zone": tutors.zone[lines.tutor[line]],
            "start": slots.start[some],
            "stop": slots.start[some] + lines.minutes[line] * 60,
            "booked": slots.booked[some],
            "requested": slots.requested[some],
            "next_start": slots.next_start[some],
            "ending": np.where(is_moved, MOVED, drawn.status[lesson]),
            "by_tutor": drawn.is_tutor_move[lesson, place.clip(max=MOST_MOVES - 1)],
            "is_first": taught.is_first[lesson],
            "is_known_old": taught.is_known_old[lesson],
            "is_last": taught.is_last[lesson],
            "late": drawn.late_minutes[lesson] * 60,
            "technical": drawn.has_technical_issue[lesson],
            "satisfaction": drawn.satisfaction[lesson],
            "unreliability": students.unreliability[student],
        }
    )
