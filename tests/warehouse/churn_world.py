"""A small synthetic company over eleven months, told late and wrongly in its last five weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from synthetic.world import World, make_world
from tests.warehouse.tiny_world import Row

END = datetime(2026, 11, 22, 22, tzinfo=UTC)
CUT = END - timedelta(days=35)


@dataclass(frozen=True)
class Told:
    """Records in the order in which they came, and how they would have come if told rightly."""

    tutors: list[Row]
    before: list[Row]
    after: list[Row]
    late: list[Row]
    rightly: list[Row]


def tell() -> Told:
    """Returns what was known at `CUT`, what came after it, and then late records and corrections.

    Of the sessions after the cut every seventh comes late, and every eleventh is told wrongly at
    first: as a no-show of the tutor, which a second version takes back.
    """
    world = make_world(8, tutors=120, students=900, days=330, sessions_per_day=110, end=END)
    before = world.sessions.filter(pl.col("sent_at") <= CUT).to_dicts()
    after = world.sessions.filter(pl.col("sent_at") > CUT).to_dicts()
    held = [row for row in after if row["status"] == "completed"]
    wrong = {row["session_id"]: row for row in held[::11]}
    late = [row for row in after[::7] if row["session_id"] not in wrong]
    known = {row["session_id"] for row in late}
    in_time = [row for row in after if row["session_id"] not in known]
    return Told(
        tutors=_profiles(world),
        before=before,
        after=[_missed(row) if row["session_id"] in wrong else row for row in in_time],
        late=late + [row | {"version": 2} for row in wrong.values()],
        rightly=before + after,
    )


def _missed(row: Row) -> Row:
    never: dict[str, Any] = dict.fromkeys(("tutor_joined_at", "tutor_left_at", "student_rating"))
    return row | never | {"status": "no_show", "no_show_party": "tutor"}


def _profiles(world: World) -> list[Row]:
    """Nobody's leaving is told: who left is known by silence alone."""
    return [row | {"left_on": None} for row in world.tutors.to_dicts()]
