"""Figures of the risks that sessions were told a day ahead."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from bench import validity_metrics as metrics
from bench.validity_metrics import Floats
from bench.validity_tables import Figures, Tables

RULES = ("ours", "case_mix", "lightgbm", "naive", "naive_90_days", "platform", "oracle")


def gap_closed(tables: Tables) -> Figures:
    """Percent of the way from the naive rule's Brier score to the true chance's."""
    brier = _by_rule(tables, metrics.brier)
    return {
        rule: 100 * metrics.gap_closed(brier["naive"], score, brier["oracle"])
        for rule, score in brier.items()
    }


def skill_over_boosting(tables: Tables) -> Figures:
    """Brier skill over one number for all, divided by that of LightGBM."""
    skill = _by_rule(tables, metrics.brier_skill)
    return {rule: own / skill["lightgbm"] for rule, own in skill.items()}


def calibration_error(tables: Tables) -> Figures:
    """Mean distance in percentage points of risk told and share that happened, 15 equal bins."""
    error = _by_rule(tables, metrics.expected_calibration_error)
    return {rule: 100 * distance for rule, distance in error.items() if rule != "platform"}


def calibration_slope(tables: Tables) -> Figures:
    """Slope of the logit of what happened on the logit of the risk told; below 1: too extreme."""
    slopes = _by_rule(tables, lambda happened, told: metrics.calibration_line(happened, told)[1])
    return {rule: slope for rule, slope in slopes.items() if rule != "platform"}


def calibration_in_the_large(tables: Tables) -> Figures:
    """Mean risk told less the share that happened, in percentage points."""
    return _by_rule(tables, lambda happened, told: 100 * float(told.mean() - happened.mean()))


def order_share(table: str, kind: str = "") -> Callable[[Tables], Figures]:
    """AUC as a percentage of the true chance's AUC."""

    def figures(tables: Tables) -> Figures:
        areas = _by_rule(tables, metrics.auc, table, kind)
        return {rule: 100 * area / areas["oracle"] for rule, area in areas.items()}

    return figures


def order_gap_closed(table: str, kind: str = "") -> Callable[[Tables], Figures]:
    """Percent of the way from the naive rule's AUC to that of the true chance."""

    def figures(tables: Tables) -> Figures:
        areas = _by_rule(tables, metrics.auc, table, kind)
        whole = areas["oracle"] - areas["naive"]
        return {rule: 100 * (area - areas["naive"]) / whole for rule, area in areas.items()}

    return figures


def _by_rule(
    tables: Tables,
    measure: Callable[[Floats, Floats], float],
    table: str = "risks",
    kind: str = "reschedule",
) -> Figures:
    """Applies a measure to the chances of each rule; one that the world lacks is left out."""
    risks = tables[table]
    if "kind" in risks.columns:
        risks = risks.filter(pl.col("kind") == kind)
    happened = risks["happened"].to_numpy().astype(float)
    return {
        rule: measure(happened, risks[rule].to_numpy())
        for rule in RULES
        if rule in risks.columns and not risks[rule].null_count()
    }
