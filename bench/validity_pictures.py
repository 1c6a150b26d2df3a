"""What the pictures show, as small tables: the bench draws them, and so does the notebook."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from bench import validity_metrics as metrics
from bench.validity_tables import Tables, pool, with_oracle
from bench.validity_tutor_figures import FLAG_RULES, LIMIT, confusions
from bench.validity_tutors import NAIVE_SESSIONS

_RISK_RULES = ("naive", "lightgbm", "ours", "oracle")
_LIMITS = 60


def picture_tables(base: Mapping[str, Tables]) -> dict[str, pl.DataFrame]:
    """Returns the tables by name, from all base worlds; the funnel is that of the first one."""
    every, first = pool(base), next(iter(base.values()))
    return {
        "reliability": reliability_points(every["risks"]),
        "funnel": funnel_points(first["tutors"]),
        "power": power_points(with_oracle(every, "tutors")),
        "rules": rule_counts(with_oracle(every, "tutors"), len(base)),
    }


def reliability_points(risks: pl.DataFrame) -> pl.DataFrame:
    """Returns one row per rule and bin: `told` and `happened`, shares of 0 to 1, and `count`."""
    moves = risks.filter(pl.col("kind") == "reschedule")
    happened = moves["happened"].to_numpy().astype(float)
    parts = []
    for rule in _RISK_RULES:
        if rule in moves.columns and not moves[rule].null_count():
            bins = metrics.reliability_bins(happened, moves[rule].to_numpy())
            columns = {"told": bins.told, "happened": bins.happened, "count": bins.count}
            parts.append(pl.DataFrame(columns).with_columns(rule=pl.lit(rule)))
    return pl.concat(parts)


def funnel_points(tutors: pl.DataFrame) -> pl.DataFrame:
    """Returns one row per tutor: sessions, raw rate, who flags, and whether it would be right."""
    return tutors.select(
        "tutor_id",
        "session_count",
        "naive_rate",
        "true_rate",
        "is_flagged",
        "is_naive_flagged",
        is_bad=pl.col("true_rate") > LIMIT,
    )


def power_points(tutors: pl.DataFrame) -> pl.DataFrame:
    """Returns one row per rule and limit: `false_share` and `power`; `is_used` marks the rule.

    The limit is moved over the raw rate (naive), the probability that is shown (ours), or that of
    the oracle. Limits with fewer than ten flags, or with most of them wrong, are left
    out.
    """
    enough = pl.col("session_count") >= NAIVE_SESSIONS
    told = {
        "naive": pl.when(enough).then(pl.col("naive_rate")),
        "ours": pl.col("probability"),
        "oracle": pl.col("^oracle_exceedance$"),
    }
    is_bad = (tutors["true_rate"] > LIMIT).to_numpy()
    rows = []
    for rule, column in told.items():
        for values in tutors.select(column).iter_columns():
            rows += _along_limits(rule, values.fill_null(-1).to_numpy(), is_bad)
    used = [
        {"rule": rule, "false_share": found.false_share, "power": found.power, "is_used": True}
        for rule, found in confusions(tutors).items()
    ]
    return pl.DataFrame(rows + used)


def _along_limits(
    rule: str, told: metrics.Floats, is_bad: metrics.Flags
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for limit in np.unique(np.quantile(told, np.linspace(0.4, 0.999, _LIMITS))):
        found = metrics.confusion(told > limit, is_bad)
        if found.right + found.wrong >= 10 and found.false_share <= 0.5:
            shares = {"false_share": found.false_share, "power": found.power}
            rows.append({"rule": rule, **shares, "is_used": False})
    return rows


def rule_counts(tutors: pl.DataFrame, worlds: int) -> pl.DataFrame:
    """Returns one row per rule: right flags, wrong flags and misses in a world, on average."""
    found = confusions(tutors)
    return pl.DataFrame(
        {
            "rule": [rule for rule in FLAG_RULES if rule in found],
            "right": [flags.right / worlds for flags in found.values()],
            "wrong": [flags.wrong / worlds for flags in found.values()],
            "missed": [(flags.bad - flags.right) / worlds for flags in found.values()],
        }
    )
