"""Figures of tutors at the end of a world: flags, intervals, rates."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from bench import validity_metrics as metrics
from bench.validity_tables import Figures, Tables, with_oracle

LIMIT = 0.15
"""A tutor ought to be flagged whose true standardised rate is over this."""
FLAG_RULES = {
    "ours": pl.col("is_flagged"),
    "naive": pl.col("is_naive_flagged"),
    "naive_90_days": pl.col("is_recent_flagged"),
    "oracle": pl.col("is_oracle_flagged"),
}


def false_share_of_flags(tables: Tables) -> Figures:
    """Percent of flagged tutors whose true standardised rate is 15 % or less."""
    return {rule: 100 * found.false_share for rule, found in _confusions(tables).items()}


def power_of_flags(tables: Tables) -> Figures:
    """Share of tutors whose true standardised rate is over 15 % that are flagged."""
    return {rule: found.power for rule, found in _confusions(tables).items()}


def flagged_when_equal(tables: Tables) -> Figures:
    """Percent of tutors flagged in a world where all tutors are equal."""
    return {rule: 100 * found.flagged_share for rule, found in _confusions(tables).items()}


def _confusions(tables: Tables) -> dict[str, metrics.Confusion]:
    return confusions(with_oracle(tables, "tutors"))


def confusions(tutors: pl.DataFrame) -> dict[str, metrics.Confusion]:
    """Returns the counts of flags against the true rate by rule, of rules with their columns."""
    is_bad = (tutors["true_rate"] > LIMIT).to_numpy()
    return {
        rule: metrics.confusion(tutors.select(flag).to_series().to_numpy(), is_bad)
        for rule, flag in FLAG_RULES.items()
        if set(flag.meta.root_names()) <= set(tutors.columns)
    }


def interval_coverage(lowest: int, most: int) -> Callable[[Tables], Figures]:
    """Percent of 90 % intervals that hold the true rate, of tutors with so many sessions told of.

    Ours are held against the true rate of what is shown: moves and cancellations, of the slots
    that count for the tutor. Naive is Wilson's interval of all slots.
    """

    def figures(tables: Tables) -> Figures:
        told = _with_intervals(tables)
        tutors = told.filter(pl.col("session_count").is_between(lowest, most - 1))
        return {
            rule: 100 * metrics.coverage(*(tutors[name].to_numpy() for name in (*ends, truth)))
            for rule, (ends, truth) in _INTERVALS.items()
            if ends[0] in tutors.columns
        }

    return figures


def interval_width(tables: Tables) -> Figures:
    """Mean width of the 90 % intervals, in percentage points."""
    tutors = _with_intervals(tables)
    return {
        rule: 100 * float((tutors[high] - tutors[low]).to_numpy().mean())
        for rule, ((low, high), _) in _INTERVALS.items()
        if low in tutors.columns
    }


_INTERVALS = {
    "ours": (("rate_low", "rate_high"), "true_shown_rate"),
    "naive": (("wilson_low", "wilson_high"), "true_rate"),
    "oracle": (("oracle_low", "oracle_high"), "true_rate"),
}


def tutors_without_rate(tables: Tables) -> Figures:
    """Percent of tutors who teach and are shown no rate; the other figures leave them out."""
    return {"ours": 100 * float(tables["tutors"]["rate"].is_null().to_numpy().mean())}


def _with_intervals(tables: Tables) -> pl.DataFrame:
    tutors = _shown(tables)
    counted = tutors["naive_rate"].to_numpy(), tutors["session_count"].to_numpy()
    low, high = metrics.wilson_interval(*counted)
    return tutors.with_columns(wilson_low=pl.Series(low), wilson_high=pl.Series(high))


_RATES = {
    "ours": ("rate", "true_shown_rate"),
    "naive": ("naive_rate", "true_rate"),
    "naive_90_days": ("recent_rate", "true_rate"),
    "platform": ("platform_rate", "true_shown_rate"),
    "oracle": ("oracle_rate", "true_rate"),
}


def rate_error(tables: Tables) -> Figures:
    """Root mean squared error of the tutors' rates, over that of the naive rate.

    Each is held against the true rate of what it counts.
    """
    errors = _against_truth(tables, metrics.rmse)
    return {rule: error / errors["naive"] for rule, error in errors.items()}


def rate_order(tables: Tables) -> Figures:
    """Spearman correlation of the tutors' rates with their true rates."""
    return _against_truth(tables, metrics.spearman, without="platform")  # one number for all


def _against_truth(
    tables: Tables, measure: Callable[[metrics.Floats, metrics.Floats], float], without: str = ""
) -> Figures:
    tutors = _shown(tables)
    return {
        rule: measure(tutors[told].to_numpy(), tutors[truth].to_numpy())
        for rule, (told, truth) in _RATES.items()
        if told in tutors.columns and rule != without
    }


def _shown(tables: Tables) -> pl.DataFrame:
    return with_oracle(tables, "tutors").filter(pl.col("rate").is_not_null())


def score_coverage(tables: Tables) -> Figures:
    """Percent of the scores' 90 % bands that hold the true score."""
    scores = tables["scores"]
    ends = (scores[name].to_numpy() for name in ("score_low", "score_high", "true_score"))
    return {"ours": 100 * metrics.coverage(*ends)}


def score_order(tables: Tables) -> Figures:
    """Spearman correlation of scores with true scores; naive is the raw rate of moves."""
    scores = tables["scores"].join(tables["tutors"], on=_key(tables), how="left")
    truth = scores["true_score"].to_numpy()
    return {
        "ours": metrics.spearman(scores["score"].to_numpy(), truth),
        "naive": metrics.spearman(-scores["naive_rate"].to_numpy(), truth),
    }


def _key(tables: Tables) -> list[str]:
    return [name for name in ("world", "tutor_id") if name in tables["scores"].columns]
