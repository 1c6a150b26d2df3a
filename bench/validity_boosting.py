"""LightGBM on what was known a day before: the soft ceiling that risks are compared with.

One configuration, as in the reference's table 3.1: rate 0.07, at most 400 trees, stopped early on
the last 15 % of the training days.
"""

from __future__ import annotations

from datetime import date

import lightgbm
import numpy as np
import polars as pl

from bench.validity_case_mix import lead_hours, local_hour
from bench.validity_metrics import Floats

_SETTINGS: dict[str, object] = {
    "objective": "binary",
    "learning_rate": 0.07,
    "num_leaves": 15,
    "min_data_in_leaf": 60,
    "lambda_l2": 5.0,
    "feature_fraction": 0.7,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "num_threads": 1,  # two wait for each other, and longest beside other work
    "seed": 1,
    "verbose": -1,
    "deterministic": True,
}
_MOST_TREES, _PATIENCE = 400, 30
_STOPPING_SHARE = 0.15
_CATEGORIES = ("subject", "time_zone", "grade_level")
_PLAIN = ("weekday", "hour", "lead_hours", "minutes", "is_new_pair", "moves_before")


def boosted_chances(slots: pl.DataFrame, outcome: str, cut: date) -> Floats:
    """Returns the chance of `outcome` (a column of 0 and 1) of each slot, fitted before `cut` only.

    `slots` are those of `slots_with_history`; the features hold nothing that follows a slot.
    """
    table, days = features(slots), slots["session_date"]
    happened = slots[outcome].to_numpy().astype(float)
    is_known = (days < cut).to_numpy()
    last_days = days.filter(is_known).sort()[int((1 - _STOPPING_SHARE) * is_known.sum())]
    is_late = is_known & (days >= last_days).to_numpy()
    early = lightgbm.Dataset(table[is_known & ~is_late], happened[is_known & ~is_late])
    late = lightgbm.Dataset(table[is_late], happened[is_late], reference=early)
    model = lightgbm.train(
        _SETTINGS,
        early,
        num_boost_round=_MOST_TREES,
        valid_sets=[late],
        callbacks=[lightgbm.early_stopping(_PATIENCE, verbose=False)],
    )
    return np.asarray(model.predict(table), dtype=float)


def features(slots: pl.DataFrame) -> Floats:
    """Returns one row per slot: when and what it is, and rates and counts of those who meet."""
    told = slots.with_columns(
        weekday=pl.col("session_date").dt.weekday(),
        hour=local_hour(),
        lead_hours=lead_hours(),
        minutes=(pl.col("scheduled_end") - pl.col("scheduled_start")).dt.total_minutes(),
        is_new_pair=pl.col("pair_all_slots") == 0,
    )
    plain = told.select(
        *(pl.col(name).cast(pl.Float64) for name in _PLAIN),
        *(pl.col(name).rank("dense").cast(pl.Float64) for name in _CATEGORIES),
        *_history(slots.columns),
    )
    return plain.to_numpy()


def _history(columns: list[str]) -> list[pl.Expr]:
    sums = [name for name in columns if name.endswith("_slots")]
    rates = []
    for name in sums:
        whose = name.removesuffix("_slots")
        rates += [pl.col(name)] + [
            (pl.col(f"{whose}_{count}") / pl.col(name)).alias(f"{whose}_{count}_rate")
            for count in ("moved", "absent", "late", "rated", "poor")
            if f"{whose}_{count}" in columns
        ]
    return rates
