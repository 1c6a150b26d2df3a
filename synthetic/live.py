"""The days after a world's end, told as if they happened now: the same people, the same truth."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl

from synthetic.ndjson import map_moments, session_lines
from synthetic.session_texts import TEXTS
from synthetic.world import World

UPCOMING = timedelta(hours=72)
_OWN_EVERY = 3
_OUTCOMES = (
    "tutor_joined_at",
    "tutor_left_at",
    "student_joined_at",
    "student_left_at",
    "reschedule",
    "cancellation",
    "no_show_party",
    "student_rating",
    "tutor_rating",
    "technical_issue",
    "follow_up_booked",
    *TEXTS,
)


def upcoming_sessions(world: World, end: datetime) -> pl.DataFrame:
    """Returns what is booked for the 72 hours after `end`, as it was sent when it was booked."""
    end = end.astimezone(UTC)
    is_booked = (pl.col("booked_at") <= end) & pl.col("scheduled_start").is_between(
        end, end + UPCOMING, closed="right"
    )
    return world.future.filter(is_booked).with_columns(
        *(
            pl.lit(None, kind).alias(name)
            for name, kind in world.future.schema.items()
            if name in _OUTCOMES
        ),
        status=pl.lit("scheduled"),
        sent_at=pl.col("booked_at"),
    )


class LiveDay:
    """Sessions to send one by one; they begin after those that are told as upcoming.

    Of a scenario's own sessions there is one among three, so that it shows soon.
    """

    def __init__(self, world: World, end: datetime, kind: str = "base") -> None:
        end = end.astimezone(UTC)
        self._rows = world.future.filter(pl.col("scheduled_start") > end + UPCOMING)
        self._own = _own_sessions(world, self._rows, end, kind)
        self._is_late = kind == "late-data"

    def line(self, index: int, now: datetime) -> bytes:
        """Returns session number `index` as if its slot had ended, and been told, at `now`.

        A session that is told late ended when it did. After the last one they begin again; ids
        hold `now`, so no two sendings share one.
        """
        now = now.astimezone(UTC)
        is_own = not self._own.is_empty() and index % _OWN_EVERY == 0
        rows = self._own if is_own else self._rows
        row = rows[(index // _OWN_EVERY if is_own else index) % rows.height]
        moved = row if is_own and self._is_late else _end_at(row, now)
        told = moved.with_columns(
            session_id=pl.lit(f"s-{now:%Y%m%d%H%M%S}-{index:06d}"),
            rescheduled_from=pl.lit(None, pl.String),
            sent_at=pl.lit(now).cast(moved.schema["sent_at"]),
        )
        return next(session_lines(told))


def _end_at(row: pl.DataFrame, now: datetime) -> pl.DataFrame:
    over = row.select(pl.max_horizontal("scheduled_end", "tutor_left_at", "student_left_at"))
    return map_moments(row, lambda moment: moment + (now - over.item()))


def _own_sessions(world: World, rows: pl.DataFrame, end: datetime, kind: str) -> pl.DataFrame:
    """The rows that show a scenario; none where all rows do."""
    if kind == "late-data":
        return world.future.filter(pl.col("scheduled_end") <= end)
    if kind == "drifting-tutor":
        worst = world.truth.tutors.sort("change")["tutor_id"][-1]
        return rows.filter(pl.col("tutor_id") == worst)
    if kind == "bad-first-sessions":
        return rows.join(
            world.truth.sessions.filter("is_first_session"), on="session_id", how="semi"
        )
    return rows.clear()
