"""What was known of tutor, student and pair a day before a slot: decayed sums, strictly as of then.

A slot counts from the day after it was over and told of. Both the event and the slot it is counted
over enter on that day, so that a rate never has one without the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import polars as pl

from bench.validity_tutors import told_slots
from bench.validity_world import TIME_ZONE
from synthetic.world import World

FOREVER = float("inf")
_COUNTS = ("slots", "moved", "absent", "late", "rated", "poor")


@dataclass(frozen=True)
class Memory:
    """Whose history is kept (the columns that are its key), and how many days until it halves."""

    name: str
    key: tuple[str, ...]
    half_lives: tuple[float, ...]


MEMORIES = (
    Memory("tutor", ("tutor_id",), (FOREVER, 180, 90, 30, 10)),
    Memory("student", ("student_id",), (FOREVER,)),
    Memory("pair", ("tutor_id", "student_id"), (FOREVER,)),
    Memory("platform", ("everyone",), (28,)),
)


def slots_with_history(world: World) -> pl.DataFrame:
    """Returns the slots that have passed, each with what was known a day before it.

    Columns such as `tutor_90_moved` are sums with that half-life in days; `tutor_all_slots` has
    none. `tutor_all_slots` is 0 before the first slot; `tutor_recent_slots` counts 90 days whole.
    """
    slots = _with_outcomes(told_slots(world))
    for memory in MEMORIES:
        for half_life in memory.half_lives:
            slots = _recall(slots, memory, half_life)
    return _count_recent(slots)


def _with_outcomes(slots: pl.DataFrame) -> pl.DataFrame:
    late = (pl.col("tutor_joined_at") - pl.col("scheduled_start")).dt.total_seconds() > 300
    over = pl.max_horizontal("sent_at", "scheduled_end")
    asked = pl.col("scheduled_start") - pl.duration(days=1)
    absent = (pl.col("status") == "no_show") & pl.col("no_show_party").is_in(["tutor", "both"])
    moved_at = pl.col("reschedule").struct.field("requested_at")
    return slots.with_columns(
        everyone=pl.lit(True),
        notice_hours=(pl.col("scheduled_start") - moved_at).dt.total_seconds() / 3600,
        slots=pl.lit(1),
        moved=pl.col("is_moved").cast(pl.Int64),
        absent=absent.fill_null(False).cast(pl.Int64),
        late=late.fill_null(False).cast(pl.Int64),
        rated=pl.col("student_rating").is_not_null().cast(pl.Int64),
        poor=(pl.col("student_rating") <= 2).fill_null(False).cast(pl.Int64),
        moves_before=_moves_before(slots),
        known_day=_day_number(over),
        asked_day=_day_number(asked),
    )


def _moves_before(slots: pl.DataFrame) -> pl.Expr:
    """How often the lesson had been moved before: not at all, once, or oftener."""
    moved = slots.filter(pl.col("rescheduled_from").is_not_null())["session_id"]
    origin = pl.col("rescheduled_from")
    again = origin.is_in(moved.implode()).fill_null(False)
    return origin.is_not_null().cast(pl.Int64) + again.cast(pl.Int64)


def _day_number(moment: pl.Expr) -> pl.Expr:
    return moment.dt.convert_time_zone(TIME_ZONE).dt.date().cast(pl.Int32).cast(pl.Int64)


def _recall(slots: pl.DataFrame, memory: Memory, half_life: float) -> pl.DataFrame:
    """Adds the sums of one memory; each weighs half as much after `half_life` days."""
    name = f"{memory.name}_{'all' if half_life == FOREVER else int(half_life)}"
    rate = log(2) / half_life
    zero: int = slots.select(pl.col("known_day").min()).item()
    grown = (rate * (pl.col("known_day") - zero)).exp()
    states = _running_sums(slots, memory.key, grown).rename(
        {count: f"{name}_{count}" for count in _COUNTS}
    )
    sums = [f"{name}_{count}" for count in _COUNTS]
    faded = (-rate * (pl.col("asked_day") - zero)).exp()
    found = slots.sort("asked_day").join_asof(
        states,
        left_on="asked_day",
        right_on="known_day",
        by=list(memory.key),
        allow_exact_matches=False,
        check_sortedness=False,
    )
    kept = found.drop("known_day_right", strict=False)
    return kept.with_columns((pl.col(sums) * faded).fill_null(0))


def _running_sums(slots: pl.DataFrame, key: Sequence[str], grown: pl.Expr) -> pl.DataFrame:
    days = slots.group_by(*key, "known_day").agg(pl.col(_COUNTS).sum())
    weighed = days.sort("known_day").with_columns(pl.col(_COUNTS) * grown)
    return weighed.with_columns(pl.col(_COUNTS).cum_sum().over(key))


def _count_recent(slots: pl.DataFrame, days: int = 90) -> pl.DataFrame:
    """Adds a plain count of the last days before the asked one: what the raw rule looks at."""
    before = {f"before_{count}": count for count in _COUNTS}
    sums = _running_sums(slots, ["tutor_id"], pl.lit(1.0)).select("tutor_id", "known_day", **before)
    early = slots.with_columns(early_day=pl.col("asked_day") - days).sort("early_day")
    found = early.join_asof(
        sums,
        left_on="early_day",
        right_on="known_day",
        by="tutor_id",
        allow_exact_matches=False,
        check_sortedness=False,
    )
    recent = {
        f"tutor_recent_{count}": pl.col(f"tutor_all_{count}")
        - pl.col(f"before_{count}").fill_null(0)
        for count in _COUNTS
    }
    return found.with_columns(**recent).drop("known_day_right", "early_day", *before, strict=False)
