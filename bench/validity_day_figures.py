"""Figures of tutors day by day: turns noticed, and ranks that stand still."""

from __future__ import annotations

from itertools import pairwise

import polars as pl

from bench import validity_metrics as metrics
from bench.validity_alarms import (
    false_alarm_rate,
    found_in_time,
    new_alarms,
    share_found,
    watch_rule,
)
from bench.validity_tables import Figures, Tables, with_oracle
from bench.validity_world import NotThereYet

IN_DAYS, FALSE_ALARMS = 45, 5.0


def drift_found(tables: Tables) -> Figures:
    """Share of turns for the worse noticed within 45 days, at 5 false alarms per 100 tutor-months.

    Each rule may choose its limit on the same worlds. Naive is the raw rate of 30 days.
    """
    told = with_oracle(tables, "drift")
    tutor = [name for name in ("world", "tutor_id") if name in told.columns]
    # the oracle looks once a week
    drift = told.with_columns(pl.col("^oracle_turn$").forward_fill().over(tutor))
    rules = {"ours": "ours", "naive": "naive", "all_time": "all_time", "oracle": "oracle_turn"}
    return {
        rule: found_in_time(watch_rule(drift, column, IN_DAYS), IN_DAYS, FALSE_ALARMS)
        for rule, column in rules.items()
        if column in drift.columns
    }


def drift_flags_found(tables: Tables) -> Figures:
    """Share of turns for the worse with a flag for drift, opened within 45 days."""
    watch = watch_rule(_flagged(tables), "has_drift_flag", IN_DAYS)
    return {"ours": share_found(watch, new_alarms(watch.told, 0.5), IN_DAYS)}


def drift_flags_false_alarms(tables: Tables) -> Figures:
    """Flags for drift opened on stable tutors, per 100 of their months."""
    watch = watch_rule(_flagged(tables), "has_drift_flag", IN_DAYS)
    return {"ours": false_alarm_rate(watch, new_alarms(watch.told, 0.5))}


def _flagged(tables: Tables) -> pl.DataFrame:
    drift = tables["drift"]
    if drift["has_drift_flag"].null_count():
        raise NotThereYet("no flags of kind drift")
    return drift


def rank_stability(tables: Tables) -> Figures:
    """Mean Spearman correlation of two weeks' scores, of tutors who neither change nor leave.

    Of the last half year, both weeks with a number. Naive are raw rates of all time and of 90 days.
    """
    stable = tables["weeks"].filter("is_stable")
    return {rule: _stability(stable, rule) for rule in ("ours", "naive", "naive_90_days")}


def _stability(weeks: pl.DataFrame, rule: str) -> float:
    told = weeks.select("tutor_id", "score_date", pl.col(rule).alias("told")).drop_nulls()
    parts = [part for _, part in sorted(told.group_by("score_date"), key=lambda pair: pair[0])]
    kept = []
    for week, next_week in pairwise(parts):
        both = week.join(next_week, on="tutor_id", suffix="_next")
        kept.append(metrics.spearman(both["told"].to_numpy(), both["told_next"].to_numpy()))
    return sum(kept) / len(kept)
