"""What the best reader of the records could know of tutors: a Bayesian filter that is told the law.

It knows from what each latent value is drawn, the case-mix of each slot, and how tutors drift and
turn; it does not know any tutor's values. Grids instead of formulas: reliability is a level, which
may jump, plus a wandering part; weeks are its steps. A pair's own effect is not followed: lessons
of one pair count for less instead, as much as they would for a normal mean with that variance.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from bench.validity_case_mix import slots_with_case_mix
from bench.validity_metrics import Flags, Floats
from bench.validity_world import AS_OF_DATE, DAYS, Warehouse
from synthetic.world import World

_STEP = 0.1
_LEVELS, _WANDERS = np.arange(-2.4, 3.65, _STEP), np.arange(-0.7, 0.75, _STEP)
_RELIABILITY = _LEVELS[0] + _WANDERS[0] + _STEP * np.arange(len(_LEVELS) + len(_WANDERS) - 1)
_WEEKS = -(-DAYS // 7)
# of `validity.md` §5: the mixture of levels, drift, turns for the worse and the better, pairs
_CHRONIC, _LEVEL_LAWS = 0.10, ((-0.12, 0.55), (1.2, 0.45))
_DRIFT_SD, _DRIFT_DAYS = 0.22, 90.0
_WORSE, _BETTER = (0.08, 1.1, 0.25), (0.04, -0.9, 0.05)
_PAIR_VARIANCE, _INFORMATION = 0.35**2, 0.1
_RECENT_WEEKS = 7
LIMIT, _WRONG_SHARE = 0.15, 0.06


def oracle_table(world: World, _: Warehouse) -> pl.DataFrame:
    """Returns one row per tutor and week (its last day), from what had happened by then.

    `oracle_rate` is the mean of what the true rate may be, `oracle_low` and `oracle_high` hold 90 %
    of it, `oracle_exceedance` is the chance that it is over 15 %, and `oracle_turn` the chance of a
    turn for the worse within the last seven weeks. `is_oracle_flagged` are as many as can be
    flagged, the surest first, with no more than 6 % of the flags expected to be wrong.
    """
    slots = slots_with_case_mix(world)
    tutor_ids = world.tutors["tutor_id"]
    evidence = _evidence(slots, tutor_ids)
    rate = _rates(world)
    weeks = [_read_off(belief, turn, rate) for belief, turn in _filter(evidence)]
    dates = [AS_OF_DATE - timedelta(weeks=_WEEKS - 1 - week) for week in range(_WEEKS)]
    rows = [
        told.with_columns(tutor_id=tutor_ids, score_date=pl.lit(day))
        for told, day in zip(weeks, dates, strict=True)
    ]
    return pl.concat(rows)


def _rates(world: World) -> Floats:
    """The standardised rate at each reliability of the grid, read off the true ones."""
    days = world.truth.tutor_days.filter(pl.col("date") == AS_OF_DATE).sort("reliability")
    rates: Floats = np.interp(_RELIABILITY, days["reliability"], days["reschedule_rate"])
    return rates


def _evidence(slots: pl.DataFrame, tutor_ids: pl.Series) -> Floats:
    """The log likelihood of each tutor's weeks: tutors by weeks by reliabilities."""
    week = _WEEKS - 1 - (AS_OF_DATE - pl.col("session_date")).dt.total_days() // 7
    place = pl.DataFrame({"tutor_id": tutor_ids}).with_row_index("row")
    lessons = pl.len().over("engagement")
    told = (
        slots.with_columns(week=week, weight=1 / (1 + lessons * _INFORMATION * _PAIR_VARIANCE))
        .filter(pl.col("week") >= 0, pl.col("reschedule_chance") > 0)
        .join(place, on="tutor_id")
        .with_columns(cell=pl.col("row") * _WEEKS + pl.col("week"))
        .sort("cell")
    )
    logit = told["case_mix"].to_numpy()[:, None] + _RELIABILITY
    happened, weight = told["is_moved"].to_numpy(), told["weight"].to_numpy()
    log_likelihood = weight[:, None] * (happened[:, None] * logit - np.logaddexp(0, logit))
    cells, first = np.unique(told["cell"].to_numpy(), return_index=True)
    evidence = np.zeros((len(tutor_ids) * _WEEKS, len(_RELIABILITY)))
    evidence[cells] = np.add.reduceat(log_likelihood, first, axis=0)
    return evidence.reshape(len(tutor_ids), _WEEKS, -1)


def _filter(evidence: Floats) -> list[tuple[Floats, Floats]]:
    """Per week: the belief about reliability, tutors by values, and that of a recent turn.

    The state is tutors by weeks since a turn for the worse (0: none, or long ago) by levels by
    wanderings.
    """
    wander = _moves(_WANDERS, np.exp(-7 / _DRIFT_DAYS))
    worse, better = _jumps(*_WORSE), _jumps(*_BETTER)
    stay = 1 - worse.sum(axis=1) - better.sum(axis=1)
    prior = _levels_prior()[:, None] * _normal(_WANDERS, 0, _DRIFT_SD)
    state = np.zeros((len(evidence), _RECENT_WEEKS + 1, *prior.shape), np.float32)
    state[:, 0] = prior / prior.sum()
    where = np.arange(len(_LEVELS))[:, None] + np.arange(len(_WANDERS))
    beliefs = []
    for week in range(_WEEKS):
        told = evidence[:, week]
        state *= np.exp(told - told.max(axis=1, keepdims=True))[:, None, where]
        state /= state.sum(axis=(1, 2, 3), keepdims=True)
        beliefs.append((_along_reliability(state.sum(axis=1)), state[:, 1:].sum(axis=(1, 2, 3))))
        state = _step(state @ wander, stay, worse, better)
    return beliefs


def _step(state: Floats, stay: Floats, worse: Floats, better: Floats) -> Floats:
    """A week passes: a turn grows older, and new ones come."""
    stays = state * stay[:, None]
    every = state.sum(axis=1)
    stepped = np.roll(stays, 1, axis=1)
    stepped[:, 0] += stays[:, 0] + np.einsum("tbd,bc->tcd", every, better)
    stepped[:, 1] = np.einsum("tbd,bc->tcd", every, worse)
    return stepped


def _along_reliability(state: Floats) -> Floats:
    belief = np.zeros((len(state), len(_RELIABILITY)))  # twice as fine as the state: it is summed
    for place in range(len(_WANDERS)):
        belief[:, place : place + len(_LEVELS)] += state[:, :, place]
    return belief


def _read_off(belief: Floats, turn: Floats, rate: Floats) -> pl.DataFrame:
    below = np.cumsum(belief, axis=1) - belief / 2
    ends = np.array([np.interp((0.05, 0.95), told, rate) for told in below])
    exceedance = belief @ (rate > LIMIT)
    return pl.DataFrame(
        {
            "oracle_rate": belief @ rate,
            "oracle_low": ends[:, 0],
            "oracle_high": ends[:, 1],
            "oracle_exceedance": exceedance,
            "is_oracle_flagged": _surest(exceedance),
            "oracle_turn": turn.astype(np.float64),
        }
    )


def _surest(exceedance: Floats) -> Flags:
    surest = np.argsort(-exceedance)
    doubt = np.cumsum(1 - exceedance[surest]) / np.arange(1, len(surest) + 1)
    flags = np.zeros(len(surest), dtype=bool)
    flags[surest[doubt <= _WRONG_SHARE]] = True
    return flags


def _levels_prior() -> Floats:
    usual, chronic = (_normal(_LEVELS, *law) for law in _LEVEL_LAWS)
    prior: Floats = (1 - _CHRONIC) * usual / usual.sum() + _CHRONIC * chronic / chronic.sum()
    return prior


def _jumps(share: float, size: float, spread: float) -> Floats:
    """The chance of a jump within a week from each level to each other; at the ends it stays."""
    to = _normal(_LEVELS[None, :], _LEVELS[:, None] + size, spread)
    jumps: Floats = share * 7 / DAYS * to / to.sum(axis=1, keepdims=True)
    return jumps


def _moves(values: Floats, keep: float) -> Floats:
    to = _normal(values[None, :], keep * values[:, None], _DRIFT_SD * np.sqrt(1 - keep**2))
    moves: Floats = to / to.sum(axis=1, keepdims=True)
    return moves


def _normal(values: Floats, mean: Floats | float, spread: float) -> Floats:
    density: Floats = np.exp(-0.5 * ((values - mean) / spread) ** 2)
    return density
