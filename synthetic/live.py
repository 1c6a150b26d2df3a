"""The days after a world's end, told as if they happened now: the same people, the same truth."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl

from synthetic.ndjson import map_moments, session_lines
from synthetic.world import World

UPCOMING = timedelta(hours=72)
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
)


def upcoming_sessions(world: World, end: datetime) -> pl.DataFrame:
    """Returns what is booked for the 72 hours after `end`, as it was sent when it was booked."""
    end = end.astimezone(UTC)
    is_booked = (pl.col("booked_at") <= end) & pl.col("scheduled_start").is_between(
        end, end + UPCOMING, closed="right"
    )
    return world.future.filter(is_booked).with_columns(
        *(pl.lit(None, world.future.schema[name]).alias(name) for name in _OUTCOMES),
        status=pl.lit("scheduled"),
        sent_at=pl.col("booked_at"),
    )


class LiveDay:
    """Sessions to send one by one; they begin after those that are told as upcoming."""

    def __init__(self, world: World, end: datetime) -> None:
        self._rows = world.future.filter(pl.col("scheduled_start") > end.astimezone(UTC) + UPCOMING)

    def line(self, index: int, now: datetime) -> bytes:
        """Returns session number `index` as if its slot had ended, and been told, at `now`.

        After the last one they begin again; ids hold `now`, so no two sendings share one.
        """
        now = now.astimezone(UTC)
        row = self._rows[index % self._rows.height]
        over = row.select(pl.max_horizontal("scheduled_end", "tutor_left_at", "student_left_at"))
        moved = map_moments(row, lambda moment: moment + (now - over.item()))
        told = moved.with_columns(
            session_id=pl.lit(f"s-{now:%Y%m%d%H%M%S}-{index:06d}"),
            rescheduled_from=pl.lit(None, pl.String),
            sent_at=pl.lit(now).cast(moved.schema["sent_at"]),
        )
        return next(session_lines(told))
