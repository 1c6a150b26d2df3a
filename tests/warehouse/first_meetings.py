"""Students who meet tutors, and what is told of it wrongly at first or late."""

from __future__ import annotations

from typing import Any

from tests.warehouse.tiny_world import Row, moment, session

BATCHES = 3


def meeting(session_id: str, tutor_id: str, days: float, **more: Any) -> Row:
    """Returns a session `days` from now of the student whom its id begins with."""
    student = session_id.split("-")[0]
    return session(session_id, tutor_id, moment(days), student, is_first_session=None) | more


def batch(number: int) -> list[Row]:
    """Returns what is told first, then what corrects it, then what comes late."""
    return (_told_first, _corrections, _late)[number - 1]()


def _told_first() -> list[Row]:
    missed: Row = {"status": "no_show", "no_show_party": "tutor"}
    absent: Row = {"status": "no_show", "no_show_party": "student"}
    return [
        meeting("poor-1", "t-1", -30, student_rating=1),
        meeting("glad-1", "t-1", -30, student_rating=5),
        meeting("glad-2", "t-1", -26),
        meeting("missed-1", "t-1", -30, **missed),
        meeting("missed-2", "t-2", -20),
        meeting("absent-1", "t-1", -30, **absent),
        meeting("recent-1", "t-1", -5),
        meeting("mistaken-1", "t-1", -30),
        meeting("lent-1", "t-1", -30),
        meeting("lent-2", "t-1", -27),
        meeting("known-1", "t-1", -10),
        meeting("blamed-1", "t-1", -30, **missed),
        meeting("booked-1", "t-1", 1, status="scheduled"),
    ]


def _corrections() -> list[Row]:
    owner: Row = {"student_id": "owner", "version": 2}
    excused: Row = {"status": "no_show", "no_show_party": "student", "version": 2}
    return [
        meeting("mistaken-1", "t-1", -30, **owner),
        meeting("lent-2", "t-1", -27, **owner),
        meeting("blamed-1", "t-1", -30, **excused),
    ]


def _late() -> list[Row]:
    return [meeting("known-0", "t-2", -12), meeting("poor-9", "t-2", -18)]
