"""Columns of a session record, told from what was drawn. Drawn moments are Unix seconds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import polars as pl

from synthetic.chances import STARS_ABOVE, TUTOR_CANCELS
from synthetic.outcomes import BOTH_ABSENT, CANCELLED, HELD, OUTAGE, STUDENT_ABSENT, TUTOR_ABSENT

MOVED = -1
"""How a slot ends whose lesson went to another one; its other endings are those of the lesson."""
LUCK = ("why", "who", "known", "rated", "rates", "mood", "early", "wait", "join", "leave", "told")
"""Columns of chance: a number in [0, 1) per row each."""
_REASONS = ("schedule_conflict", "illness", "family", "travel", "technical")
_NEW_SLOT_OPEN = 0.05

_ending = pl.col("ending")
_is_held, _is_moved, _in_outage = _ending == HELD, _ending == MOVED, _ending == OUTAGE
_is_cancelled = _in_outage | (_ending == CANCELLED)


def status() -> pl.Expr:
    """Returns the status of the contract; nobody came is a no_show as well."""
    return (
        pl.when(_is_moved)
        .then(pl.lit("rescheduled"))
        .when(_is_held)
        .then(pl.lit("completed"))
        .when(_is_cancelled)
        .then(pl.lit("cancelled"))
        .otherwise(pl.lit("no_show"))
    )


def reschedule() -> pl.Expr:
    """Returns who moved the slot, and where to; a few do not know yet where to."""
    initiator = pl.when("by_tutor").then(pl.lit("tutor")).otherwise(pl.lit("student"))
    told = pl.struct(
        initiator=initiator,
        requested_at=moment("requested"),
        new_start=pl.when(pl.col("wait") >= _NEW_SLOT_OPEN).then(moment("next_start")),
        reason_code=_reason(),
    )
    return pl.when(_is_moved).then(told)


def cancellation() -> pl.Expr:
    """Returns who cancelled; mostly the student, and the platform when it was down."""
    by_person = pl.when(pl.col("who") < TUTOR_CANCELS).then(pl.lit("tutor"))
    initiator = pl.when(_in_outage).then(pl.lit("platform"))
    told = pl.struct(
        initiator=initiator.otherwise(by_person.otherwise(pl.lit("student"))),
        requested_at=_to_moment(_cancelled()),
        reason_code=pl.when(_in_outage).then(pl.lit("platform_outage")).otherwise(_reason()),
    )
    return pl.when(_is_cancelled).then(told)


def no_show_party() -> pl.Expr:
    """Returns who did not come."""
    return (
        pl.when(_ending == TUTOR_ABSENT)
        .then(pl.lit("tutor"))
        .when(_ending == STUDENT_ABSENT)
        .then(pl.lit("student"))
        .when(_ending == BOTH_ABSENT)
        .then(pl.lit("both"))
    )


def is_first_session() -> pl.Expr:
    """Returns null in half of the rows, never in the first one told of a pair that is not new."""
    return pl.when((pl.col("known") < 0.5) | pl.col("is_known_old")).then(pl.col("is_first"))


def student_rating() -> pl.Expr:
    """Returns stars, missing not at random: who is very glad or cross rates more. Source: §5."""
    stars = pl.lit(5, pl.Int8)
    for fewer, most in reversed(list(enumerate(STARS_ABOVE, start=1))):
        is_fewer = pl.col("satisfaction") <= most
        stars = pl.when(is_fewer).then(pl.lit(fewer, pl.Int8)).otherwise(stars)
    logit = (
        -0.75
        + 0.54 * (stars == 5).cast(pl.Float64)
        + 1.0 * (stars <= 2).cast(pl.Float64)
        + 0.25 * pl.col("satisfaction").abs()
        + 0.5 * pl.col("is_first").cast(pl.Float64)
    )
    return pl.when(_is_held & (pl.col("rated") < 1 / (1 + (-logit).exp()))).then(stars)


def tutor_rating() -> pl.Expr:
    """Returns the tutor's stars for the student, given after three of ten lessons."""
    stars = (4.4 - 0.6 * pl.col("unreliability") + 1.5 * (pl.col("mood") - 0.5)).round()
    return pl.when(_is_held & (pl.col("rates") < 0.3)).then(stars.clip(1, 5).cast(pl.Int8))


def technical_issue() -> pl.Expr:
    """Returns null where there was no call that could have failed."""
    return pl.when(_is_held | _in_outage).then(pl.col("technical"))


def follow_up_booked() -> pl.Expr:
    """Returns whether the student has booked again; mostly so unless this was the last lesson."""
    chance = pl.when("is_last").then(0.1).otherwise(0.95)
    return pl.when(_is_held).then(pl.col("told") < chance)


def sent_at() -> pl.Expr:
    """Returns when it was told: a move when it is asked for, the rest when both have left."""
    over = pl.max_horizontal("stop", "tutor_left_at", "student_left_at")
    before = pl.when(_is_moved).then(pl.col("requested")).when(_is_cancelled).then(_cancelled())
    return _to_moment(before.otherwise(over) + seconds("rates", 1, 10))


def choose(options: Sequence[str] | pl.Series, index: pl.Expr) -> pl.Expr:
    """Returns the option at `index`, and null where that is null."""
    return pl.lit(pl.Series(options)).gather(index)


def seconds(luck: str, low: float, high: float) -> pl.Expr:
    """Returns so many seconds between `low` and `high`, by one of the columns of chance."""
    return low + pl.col(luck) * (high - low)


def moment(name: str) -> pl.Expr:
    """Returns the moment in UTC of a column of Unix seconds."""
    return _to_moment(pl.col(name))


def record_id(kind: str, number: pl.Expr, digits: int) -> pl.Expr:
    """Returns ids that sort as their numbers do, as long as those have so many digits."""
    with_zeros = (number + 10**digits).cast(pl.String).str.slice(1)
    return pl.format(kind + "-{}", with_zeros)


@cache
def tutor_ids(count: int) -> pl.Series:
    """Returns the ids of so many tutors."""
    return _ids("t", count, 5)


@cache
def student_ids(count: int) -> pl.Series:
    """Returns the ids of so many students."""
    return _ids("st", count, 6)


def _ids(kind: str, count: int, digits: int) -> pl.Series:
    return pl.select(record_id(kind, pl.int_range(1, count + 1), digits)).to_series()


def _cancelled() -> pl.Expr:
    """In an outage it is the platform that cancels, about when the lesson should begin."""
    on_the_spot = pl.col("start") + seconds("why", -300, 300)
    return pl.when(_in_outage).then(on_the_spot).otherwise(pl.col("requested"))


def _reason() -> pl.Expr:
    return choose(_REASONS, (pl.col("why") * len(_REASONS)).floor().cast(pl.Int64))


def _to_moment(unix_seconds: pl.Expr) -> pl.Expr:
    return (unix_seconds.cast(pl.Int64) * 1_000_000).cast(pl.Datetime("us", "UTC"))
