"""Small companies made at random, in the contract's own records, and what is done to them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime

from tests.warehouse.tiny_world import Row, moment, moved, session

TUTORS = [f"t-{number}" for number in range(8)]
EMPTY = "t-empty"


def random_world(seed: int) -> list[Row]:
    """Returns two months of tutors who differ, and a session ahead of each and of a newcomer."""
    draw = random.Random(seed)
    ahead = [
        session(f"{tutor}-ahead", tutor, moment(1), f"{tutor}-st-0", status="scheduled")
        for tutor in [*TUTORS, EMPTY]
    ]
    return [*ahead, *(row for tutor in TUTORS for row in _past(draw, tutor))]


def _past(draw: random.Random, tutor: str) -> list[Row]:
    share_moved, share_missed = draw.uniform(0, 0.3), draw.uniform(0, 0.1)
    rows = []
    for number in range(draw.randint(20, 60)):
        start = moment(-1 - draw.randrange(60), hour=14 + draw.randrange(8))
        student = f"{tutor}-st-{draw.randrange(6)}"
        luck = draw.random()
        happened: Row = {"student_rating": draw.choice([None, 2, 3, 4, 5, 5])}
        if luck < share_moved:
            happened = moved("tutor", draw.uniform(0.1, 4), start)
        elif luck < share_moved + share_missed:
            happened = {"status": "no_show", "no_show_party": "tutor"}
        happened["is_first_session"] = draw.random() < 0.2
        rows.append(session(f"{tutor}-{number}", tutor, start, student, **happened))
    return rows


def renamed(rows: list[Row], names: Mapping[str, str]) -> list[Row]:
    """Returns the sessions with other tutors' ids."""
    return [row | {"tutor_id": names.get(row["tutor_id"], row["tutor_id"])} for row in rows]


def doubled(rows: list[Row], since: datetime) -> list[Row]:
    """Returns the sessions, and what became of any since then once more, with another student."""
    again = [
        row | {name: f"{row[name]}-again" for name in ("session_id", "student_id")}
        for row in rows
        if row["status"] != "scheduled" and row["scheduled_start"] >= since
    ]
    return [*rows, *again]


def what_others_cause(seed: int) -> list[Row]:
    """Returns what students and the platform did to tutors, at random."""
    draw = random.Random(seed)
    rows = []
    for number in range(40):
        start = moment(-1 - draw.randrange(60), hour=14 + draw.randrange(8))
        who = draw.choice(["student", "platform"])
        cancelled = {"initiator": who, "requested_at": moment(-70)}
        happened: Row = draw.choice(
            [
                moved(who, draw.uniform(0.1, 4), start),
                {"status": "cancelled", "cancellation": cancelled},
                {"status": "no_show", "no_show_party": "student"},
            ]
        )
        rows.append(session(f"other-{number}", draw.choice(TUTORS), start, "st-other", **happened))
    return rows
