"""Tutors at the end of a world: what is true, what a naive count says, what is shown."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from bench.validity_world import AS_OF_DATE, TIME_ZONE, Warehouse
from synthetic.world import World

NAIVE_LIMIT, NAIVE_SESSIONS, NAIVE_RECENT_SESSIONS = 0.15, 10, 5
RECENT_DAYS = 90


def told_slots(world: World) -> pl.DataFrame:
    """Returns the slots that have passed, from the newest version of their records: one row each.

    `session_date` is the business day of the slot, `is_moved` whether the tutor moved it.
    """
    by_tutor = pl.col("reschedule").struct.field("initiator") == "tutor"
    day = pl.col("scheduled_start").dt.convert_time_zone(TIME_ZONE).dt.date()
    newest = world.sessions.sort("version").unique("session_id", keep="last", maintain_order=True)
    slots = newest.with_columns(session_date=day, is_moved=by_tutor.fill_null(False))
    return slots.filter(pl.col("session_date") <= AS_OF_DATE)


def tutor_table(world: World, warehouse: Warehouse) -> pl.DataFrame:
    """Returns one row per tutor who taught in the last 90 days and has not left.

    True: `true_rate`, the chance that a slot like all the company's is moved by this tutor now, and
    `true_shown_rate`, the same for what the warehouse shows. Naive: `naive_rate` and
    `session_count` over all time, `recent_rate` and `recent_count` over 90 days. Shown: `rate`,
    `rate_low`, `rate_high`, `platform_rate`, and whether a flag is open.
    """
    slots = told_slots(world)
    recent = slots.filter(pl.col("session_date") > AS_OF_DATE - timedelta(days=RECENT_DAYS))
    staying = world.tutors.filter(pl.col("left_on").is_null()).select("tutor_id")
    shown = warehouse.ask(_SHOWN).with_columns(score_date=pl.lit(AS_OF_DATE))
    return (
        staying.join(world.truth.tutors, on="tutor_id")
        .rename({"reschedule_rate": "true_rate"})
        .with_columns(true_shown_rate=_as_shown(slots, pl.col("change_rate")))
        .join(_count(slots, "naive_rate", "session_count"), on="tutor_id")
        .join(_count(recent, "recent_rate", "recent_count"), on="tutor_id")
        .join(shown, on="tutor_id", how="left")
        .join(warehouse.ask(_FLAGGED), on="tutor_id", how="left")
        .with_columns(pl.col("is_flagged").fill_null(False))
        .with_columns(
            is_naive_flagged=(pl.col("naive_rate") > NAIVE_LIMIT)
            & (pl.col("session_count") >= NAIVE_SESSIONS),
            is_recent_flagged=(pl.col("recent_rate") > NAIVE_LIMIT)
            & (pl.col("recent_count") >= NAIVE_RECENT_SESSIONS),
        )
    )


def _as_shown(slots: pl.DataFrame, change_rate: pl.Expr) -> pl.Expr:
    """Moves and cancellations of all slots become those of the slots that count for the tutor.

    The warehouse leaves out slots that were lost by no doing of the tutor's: about three in a
    hundred of those that the tutor did not change.
    """
    by_tutor = pl.col("cancellation").struct.field("initiator") == "tutor"
    missed = pl.col("no_show_party").is_in(["tutor", "both"])
    unchanged = slots.filter(~pl.col("is_moved"), ~by_tutor.fill_null(False))
    counts = (pl.col("status") == "completed") | missed.fill_null(False)
    kept = float(unchanged.select(counts.mean()).item())
    return change_rate / (change_rate + (1 - change_rate) * kept)


def _count(slots: pl.DataFrame, rate: str, count: str) -> pl.DataFrame:
    return slots.group_by("tutor_id").agg(
        pl.col("is_moved").mean().alias(rate), pl.len().cast(pl.Int64).alias(count)
    )


_SHOWN = f"""
    select tutor_id, trials, rate, rate_low, rate_high, platform_rate, probability
    from intermediate.int_tutor_component_days
    where component = 'reliability' and score_date = date '{AS_OF_DATE}'
"""
_FLAGGED = """
    select distinct tutor_id, true as is_flagged
    from marts.fct_flags where kind in ('reliability', 'reschedule') and is_open
"""
