"""How right estimates, intervals, risks and flags are. All take arrays, an entry per case."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

BINS = 15
_NEWTON_STEPS = 25
# a rule that says 0 or 1 has no logit
_SUREST = 0.001


def rmse(estimate: Floats, truth: Floats) -> float:
    """Returns the root of the mean squared error, in the unit of the estimate."""
    return float(np.sqrt(np.mean((estimate - truth) ** 2)))


def spearman(one: Floats, other: Floats) -> float:
    """Returns the correlation of ranks, -1 to 1; ties share their mean rank."""
    return float(np.corrcoef(_ranks(one), _ranks(other))[0, 1])


def coverage(low: Floats, high: Floats, truth: Floats) -> float:
    """Returns the share of intervals, ends included, that hold the truth."""
    return float(np.mean((low <= truth) & (truth <= high)))


def brier(happened: Floats, chance: Floats) -> float:
    """Returns the mean squared difference of what was told and what happened (0 or 1)."""
    return float(np.mean((chance - happened) ** 2))


def brier_skill(happened: Floats, chance: Floats) -> float:
    """Returns 1 - Brier / Brier of the mean of `happened`: what is gained over one number."""
    return 1 - brier(happened, chance) / brier(happened, np.full(len(happened), happened.mean()))


def gap_closed(naive: float, ours: float, oracle: float) -> float:
    """Returns how much of the way from the naive rule's loss to the oracle's is done; 1 is all."""
    return (naive - ours) / (naive - oracle)


def auc(happened: Floats, chance: Floats) -> float:
    """Returns the chance that a case is told a higher risk than a case that is none; ties half."""
    is_case = happened > 0
    cases, others = int(is_case.sum()), int((~is_case).sum())
    if not cases or not others:
        return float("nan")
    above = _ranks(chance)[is_case].sum() - cases * (cases + 1) / 2
    return float(above / (cases * others))


def _ranks(values: Floats) -> Floats:
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Floats = (np.cumsum(count) - (count - 1) / 2)[place]
    return ranks


@dataclass(frozen=True)
class Bins:
    """Cases in the order of what was told, cut into bins of equal size: the reliability diagram."""

    told: Floats
    happened: Floats
    count: Floats


def reliability_bins(happened: Floats, chance: Floats, bins: int = BINS) -> Bins:
    """Returns the means of each bin; a bin holds equally many cases, to one."""
    order = np.argsort(chance, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return Bins(
        told=np.array([chance[part].mean() for part in parts]),
        happened=np.array([happened[part].mean() for part in parts]),
        count=np.array([float(len(part)) for part in parts]),
    )


def expected_calibration_error(happened: Floats, chance: Floats, bins: int = BINS) -> float:
    """Returns the mean distance of told and happened over bins of equal size, 0 to 1."""
    found = reliability_bins(happened, chance, bins)
    return float(np.average(np.abs(found.told - found.happened), weights=found.count))


def calibration_line(happened: Floats, chance: Floats) -> tuple[float, float]:
    """Returns intercept and slope of the logit of what happened on the logit of what was told.

    A slope below 1 means that risks are told too extreme. The line is fitted by maximum
    likelihood; told chances are kept within 0.001 and 0.999.
    """
    clipped = np.clip(chance, _SUREST, 1 - _SUREST)
    told = np.column_stack([np.ones(len(chance)), np.log(clipped / (1 - clipped))])
    line = np.array([0.0, 1.0])
    for _ in range(_NEWTON_STEPS):
        fitted = 1 / (1 + np.exp(-told @ line))
        weights = fitted * (1 - fitted)
        line = line + np.linalg.solve((told.T * weights) @ told, told.T @ (happened - fitted))
    return float(line[0]), float(line[1])


@dataclass(frozen=True)
class Confusion:
    """How many flags there were, right and wrong, and how many there could have been."""

    right: int
    wrong: int
    bad: int
    good: int

    @property
    def false_share(self) -> float:
        """Returns the share of flags that are wrong; not a number when there are none."""
        flags = self.right + self.wrong
        return self.wrong / flags if flags else float("nan")

    @property
    def power(self) -> float:
        """Returns the share of those who should be flagged that are."""
        return self.right / self.bad if self.bad else float("nan")

    @property
    def flagged_share(self) -> float:
        """Returns the share of all that are flagged."""
        return (self.right + self.wrong) / (self.bad + self.good)


def confusion(is_flagged: Flags, is_bad: Flags) -> Confusion:
    """Returns the counts of flags against the truth."""
    return Confusion(
        right=int((is_flagged & is_bad).sum()),
        wrong=int((is_flagged & ~is_bad).sum()),
        bad=int(is_bad.sum()),
        good=int((~is_bad).sum()),
    )


def tilt(is_flagged: Flags, is_good: Flags, side: Ints) -> tuple[float, int]:
    """Returns how much oftener the good of side 1 are flagged than those of side 0, and how many
    wrong flags there are.

    One more flag is shared out between the sides by their size, so that few flags give no wild
    ratio, and none give 1.
    """
    wrong = is_flagged & is_good
    counts = [(int(wrong[side == one].sum()), int(is_good[side == one].sum())) for one in (0, 1)]
    one_more = 1 / sum(good for _, good in counts)
    few, many = (flags / good + one_more for flags, good in counts)
    return many / few, int(wrong.sum())


def wilson_interval(rate: Floats, count: Floats, z: float = 1.645) -> tuple[Floats, Floats]:
    """Returns Wilson's interval of a binomial rate; 90 % by default."""
    spread = z * np.sqrt(rate * (1 - rate) / count + z**2 / (4 * count**2))
    middle, scale = rate + z**2 / (2 * count), 1 + z**2 / count
    return (middle - spread) / scale, (middle + spread) / scale
