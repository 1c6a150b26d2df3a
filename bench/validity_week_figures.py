"""Figures of flags week by week, and of whom the wrong ones fall on."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from bench import validity_metrics as metrics
from bench.validity_tables import Figures, Tables, with_oracle
from bench.validity_tutor_figures import FLAG_RULES, LIMIT, confusions

FIFTHS = 5
EAST, WEST = "America/New_York", "America/Los_Angeles"


def weekly_false_share(tables: Tables) -> Figures:
    """Percent of flags, over half a year of weeks, of tutors whose rate was then 15 % or less."""
    found = confusions(with_oracle(tables, "weeks"))
    return {rule: 100 * flags.false_share for rule, flags in found.items()}


def weekly_power(tables: Tables) -> Figures:
    """Share of the weeks in which a tutor's true rate was over 15 % that the tutor was flagged."""
    found = confusions(with_oracle(tables, "weeks"))
    return {rule: flags.power for rule, flags in found.items()}


def wrong_flag_tilt(group: Callable[[pl.DataFrame], pl.Series]) -> Callable[[Tables], Figures]:
    """How much oftener the good tutors of one group are flagged than those of another.

    Over half a year of weeks; good is a true rate of 15 % or less in that week. `group` gives 1
    for those who might be flagged more, 0 for those who might be flagged less, else null. The
    count of wrong flags of ours comes along as `wrong_flags`: with few, the ratio is a guess.
    """

    def figures(tables: Tables) -> Figures:
        weeks = with_oracle(tables, "weeks")
        told = weeks.with_columns(side=group(weeks)).filter(pl.col("side").is_not_null())
        side = told["side"].to_numpy()
        is_good = (told["true_rate"] <= LIMIT).to_numpy()
        tilts = {
            rule: metrics.tilt(told.select(flag).to_series().to_numpy(), is_good, side)
            for rule, flag in FLAG_RULES.items()
            if set(flag.meta.root_names()) <= set(told.columns)
        }
        ratios = {rule: ratio for rule, (ratio, _) in tilts.items()}
        return ratios | {"wrong_flags": float(tilts["ours"][1])}

    return figures


def hardest_fifth(weeks: pl.DataFrame) -> pl.Series:
    """Returns 1 for the fifth of tutors with the hardest slots to keep, 0 for the easiest."""
    return _outer_fifths(weeks, "case_mix")


def hardest_subjects(weeks: pl.DataFrame) -> pl.Series:
    """Returns the same by the mean of the subject that a tutor teaches most."""
    return _outer_fifths(weeks.with_columns(pl.col("case_mix").mean().over("subject")), "case_mix")


def west_and_east(weeks: pl.DataFrame) -> pl.Series:
    """Returns 1 for tutors on Pacific time, 0 for those on Eastern time."""
    zones = pl.DataFrame({"time_zone": [EAST, WEST], "side": [0, 1]})
    return weeks.join(zones, on="time_zone", how="left", maintain_order="left")["side"]


def _outer_fifths(weeks: pl.DataFrame, column: str) -> pl.Series:
    fifth = ((weeks[column].rank("average") - 1) * FIFTHS / weeks.height).floor()
    sides = pl.when(fifth == 0).then(0).when(fifth == FIFTHS - 1).then(1)
    return weeks.select(sides.cast(pl.Int64).alias("side"))["side"]
