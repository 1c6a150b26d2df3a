"""How soon a change is noticed when all rules may cry wolf equally often."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from bench.validity_metrics import Flags, Floats, Ints

QUIET_DAYS = 30
"""An alarm within so many days of a day above the limit is the same alarm."""
_LIMITS = 200


@dataclass(frozen=True)
class Watch:
    """One row per tutor, one column per day: what a rule told, and what is true of the tutor.

    `told` is NaN on days without the tutor. `changed` is the day of a turn for the worse, -1 for
    none; a stable tutor has none of any kind.
    """

    told: Floats
    changed: Ints
    is_stable: Flags


def found_in_time(watch: Watch, days: int, false_alarms: float) -> float:
    """Returns the share of turns for the worse with a new alarm within so many days.

    The limit is the lowest at which stable tutors have up to `false_alarms` per 100 months; what
    lies between two limits is interpolated. Not a number without a turn.
    """
    values = watch.told[~np.isnan(watch.told)]
    # most rules are quiet most of the time: what tells them apart are their highest values
    limits = np.unique(np.quantile(values, 1 - np.geomspace(1e-5, 1, _LIMITS)))[::-1]
    before = (0.0, 0.0)
    for limit in limits:
        alarms = new_alarms(watch.told, limit)
        now = false_alarm_rate(watch, alarms), share_found(watch, alarms, days)
        if now[0] > false_alarms:
            part = (false_alarms - before[0]) / (now[0] - before[0])
            return before[1] + part * (now[1] - before[1])
        before = now
    return before[1]


def new_alarms(told: Floats, limit: float) -> Flags:
    """Returns the days on which a rule reaches the limit and did not in the 30 days before.

    Never on the first day: who is above then has been so for longer than is known.
    """
    above: Flags = np.nan_to_num(told, nan=-np.inf) >= limit
    sums = np.cumsum(np.pad(above, ((0, 0), (1, 0))), axis=1)
    first = np.maximum(np.arange(above.shape[1]) - QUIET_DAYS, 0)
    lately = sums[:, :-1] - sums[:, first] > 0
    alarms: Flags = np.logical_and(above, ~lately)
    alarms[:, 0] = False
    return alarms


def false_alarm_rate(watch: Watch, alarms: Flags) -> float:
    """Returns alarms per 100 months of stable tutors; a month has 30 days."""
    months = (~np.isnan(watch.told[watch.is_stable])).sum() / 30
    return float(100 * alarms[watch.is_stable].sum() / months)


def share_found(watch: Watch, alarms: Flags, days: int) -> float:
    """Returns the share of turns for the worse with an alarm from their day on, within `days`."""
    has_turn = watch.changed >= 0
    if not has_turn.any():
        return float("nan")
    day = np.arange(alarms.shape[1])
    since = day - watch.changed[has_turn, None]
    return float((alarms[has_turn] & (since >= 0) & (since <= days)).any(axis=1).mean())


def watch_rule(drift: pl.DataFrame, rule: str, days: int) -> Watch:
    """Returns the table of drift as grids; turns that could not be watched for `days` are left out.

    A tutor has to be told of on the day before the turn and `days` after it.
    """
    key = ["world", "tutor_id"] if "world" in drift.columns else ["tutor_id"]
    told = drift.with_columns(
        day=_days_since_first("score_date"), turn=_days_since_first("changed_on")
    )
    tutors = told.group_by(key, maintain_order=True).agg(
        pl.col("turn", "change", "is_stable").first(),
        since=pl.col("day").min(),
        until=pl.col("day").max(),
    )
    place = told.join(tutors.with_row_index("row").select("row", *key), on=key)
    grid = np.full((tutors.height, int(place["day"].to_numpy().max()) + 1), np.nan)
    values = place[rule].cast(pl.Float64).to_numpy()
    grid[place["row"].to_numpy(), place["day"].to_numpy()] = values
    is_watched = (
        (pl.col("change") > 0)
        & (pl.col("turn") > pl.col("since"))
        & (pl.col("turn") + days <= pl.col("until"))
    )
    turns = tutors.select(pl.when(is_watched).then("turn").fill_null(-1)).to_series()
    return Watch(grid, turns.to_numpy(), tutors["is_stable"].to_numpy())


def _days_since_first(date: str) -> pl.Expr:
    return (pl.col(date) - pl.col("score_date").min()).dt.total_days()
