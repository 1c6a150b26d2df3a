"""Slots become records of the contract, with everything that a sender would know."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.random import Generator

from synthetic import columns
from synthetic.attendance import PRESENCE, attendance
from synthetic.columns import LUCK, MOVED, choose, moment, record_id
from synthetic.engagements import Taught
from synthetic.outcomes import MOST_MOVES
from synthetic.people import GRADES, SUBJECTS, ZONES, Students, Tutors
from synthetic.slots import Slots
from synthetic.timetable import Timetable


def session_records(
    rng: Generator,
    tutors: Tutors,
    students: Students,
    timetable: Timetable,
    taught: Taught,
    slots: Slots,
) -> pl.DataFrame:
    """Returns one row per slot with the contract's fields, ordered by start; future ones too."""
    drawn = _drawn_columns(tutors, students, timetable, taught, slots)
    luck = pl.DataFrame(rng.random((drawn.height, len(LUCK))), schema=list(LUCK))
    frame = drawn.hstack(luck).with_columns(**attendance())
    return frame.select(
        session_id=record_id("s", pl.col("number"), 9),
        version=pl.lit(1, pl.Int32),
        tutor_id=record_id("t", pl.col("tutor") + 1, 5),
        student_id=record_id("st", pl.col("student") + 1, 6),
        status=columns.status(),
        scheduled_start=moment("start"),
        scheduled_end=moment("stop"),
        **{name: moment(name) for name in PRESENCE},
        reschedule=columns.reschedule(),
        cancellation=columns.cancellation(),
        no_show_party=columns.no_show_party(),
        rescheduled_from=pl.when(pl.col("parent") >= 0).then(record_id("s", pl.col("parent"), 9)),
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


def _drawn_columns(
    tutors: Tutors, students: Students, timetable: Timetable, taught: Taught, slots: Slots
) -> pl.DataFrame:
    lesson, drawn = slots.lesson, taught.drawn
    line, student = timetable.lessons.line[lesson], taught.student[lesson]
    lines = timetable.lines
    is_moved = slots.place < drawn.moves[lesson]
    return pl.DataFrame(
        {
            "number": np.arange(len(lesson)),
            "parent": slots.parent,
            "tutor": lines.tutor[line],
            "student": student,
            "subject": lines.subject[line],
            "grade": students.grade[student],
            "zone": tutors.zone[lines.tutor[line]],
            "start": slots.start,
            "stop": slots.start + lines.minutes[line] * 60,
            "booked": slots.booked,
            "requested": slots.requested,
            "next_start": slots.next_start,
            "ending": np.where(is_moved, MOVED, drawn.status[lesson]),
            "by_tutor": drawn.is_tutor_move[lesson, slots.place.clip(max=MOST_MOVES - 1)],
            "is_first": taught.is_first[lesson],
            "is_known_old": taught.is_known_old[lesson],
            "is_last": taught.is_last[lesson],
            "late": drawn.late_minutes[lesson] * 60,
            "technical": drawn.has_technical_issue[lesson],
            "satisfaction": drawn.satisfaction[lesson],
            "unreliability": students.unreliability[student],
        }
    )
