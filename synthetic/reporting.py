"""Wrong and late reports: what did not happen so, what is corrected, what comes days later."""

from __future__ import annotations

import polars as pl
from numpy.random import Generator

from synthetic.attendance import PRESENCE

WRONG_INITIATOR = 0.04
UNKNOWN_CAUSE = 0.04
NO_PRESENCE, NO_LEAVING = 0.03, 0.02
CORRECTED = 0.03
"""Shares of the records that each can happen to; who is corrected was told wrongly at first."""
_LEAVING = ("tutor_left_at", "student_left_at")
_LUCK = ("swap", "forget", "presence", "correct", "days")
_OTHER = {"tutor": "student", "student": "tutor"}


def misreport(rng: Generator, records: pl.DataFrame) -> pl.DataFrame:
    """Returns the records as a careless sender tells them, corrections after all the rest.

    A correction is the true record with version 2, sent one to ten days after the first.
    """
    luck = pl.DataFrame(rng.random((records.height, len(_LUCK))), schema=list(_LUCK))
    drawn = records.hstack(luck)
    is_corrected = pl.col("correct") < CORRECTED
    wrong = drawn.with_columns(**_wrong(is_corrected)).drop(_LUCK)
    later = pl.duration(seconds=(1 + 9 * pl.col("days")) * 86_400)
    corrections = drawn.filter(is_corrected).with_columns(
        version=pl.lit(2, pl.Int32), sent_at=(pl.col("sent_at") + later).dt.truncate("1s")
    )
    return pl.concat([wrong, corrections.drop(_LUCK)])


def delay(rng: Generator, records: pl.DataFrame, share: float) -> pl.DataFrame:
    """Returns the records, of which a share is sent one to six days after its time."""
    luck = pl.DataFrame(rng.random((records.height, 2)), schema=["late", "days"])
    seconds = ((1 + 5 * pl.col("days")) * 86_400).cast(pl.Int64)
    later = pl.col("sent_at") + pl.duration(seconds=seconds)
    sent_at = pl.when(pl.col("late") < share).then(later).otherwise("sent_at")
    return records.hstack(luck).with_columns(sent_at=sent_at).drop(luck.columns)


def _wrong(is_corrected: pl.Expr) -> dict[str, pl.Expr]:
    is_swapped = is_corrected | (pl.col("swap") < WRONG_INITIATOR)
    is_forgotten = ~is_corrected & (pl.col("forget") < UNKNOWN_CAUSE)
    is_blank = is_corrected | (pl.col("presence") < NO_PRESENCE)
    has_no_leaving = is_blank | (pl.col("presence") < NO_PRESENCE + NO_LEAVING)
    return {
        "reschedule": _cause("reschedule", is_swapped, is_forgotten),
        "cancellation": _cause("cancellation", is_swapped, is_forgotten),
        "no_show_party": pl.when(~is_forgotten).then(
            pl.when(is_swapped).then(_swap(pl.col("no_show_party"))).otherwise("no_show_party")
        ),
        **{name: pl.when(~is_blank).then(name) for name in PRESENCE if name not in _LEAVING},
        **{name: pl.when(~has_no_leaving).then(name) for name in _LEAVING},
    }


def _cause(name: str, is_swapped: pl.Expr, is_forgotten: pl.Expr) -> pl.Expr:
    told = pl.col(name).struct.field("initiator")
    initiator = pl.when(is_swapped).then(_swap(told)).otherwise(told)
    changed = pl.col(name).struct.with_fields(initiator=initiator)
    return pl.when(~is_forgotten & pl.col(name).is_not_null()).then(changed)


def _swap(party: pl.Expr) -> pl.Expr:
    """Tutor and student are taken for each other; both and the platform are not mistaken."""
    return party.replace(_OTHER)
