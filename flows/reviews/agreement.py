"""How far a grader agrees with people: quadratic weighted kappa, with its interval.

Kappa is Cohen's (Psychol. Bull. 70, 1968) with quadratic weights, its interval the percentile
bootstrap over sessions (Efron and Tibshirani, 1993, chapter 13).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

State = Literal["not_enough_data", "agrees", "below_the_line"]
ENOUGH = 30
LINE = 0.6
_REPEATS = 1_000
Pair = tuple[int, int]


@dataclass(frozen=True)
class Agreement:
    """Of one item and grader: kappa and its 90 % interval, None if they cannot be told."""

    n: int
    kappa: float | None
    low: float | None
    high: float | None
    mean_error: float | None
    state: State

    @property
    def is_shown(self) -> bool:
        """Returns whether coaches may see the item; unproven ones they see marked as such."""
        return self.state != "below_the_line"


def agreement(pairs: Sequence[Pair], enough: int = ENOUGH, line: float = LINE) -> Agreement:
    """Returns how a grader's levels (first) agree with a person's (second)."""
    kappa = weighted_kappa(pairs)
    if not pairs:
        return Agreement(0, None, None, None, None, "not_enough_data")
    mean_error = sum(abs(one - other) for one, other in pairs) / len(pairs)
    if kappa is None or len(pairs) < enough:
        return Agreement(len(pairs), kappa, None, None, mean_error, "not_enough_data")
    low, high = _interval(pairs)
    state: State = "agrees" if kappa >= line else "below_the_line"
    return Agreement(len(pairs), kappa, low, high, mean_error, state)


def weighted_kappa(pairs: Sequence[Pair]) -> float | None:
    """Returns 1 for the same levels and 0 for what chance gives; None if nothing can differ."""
    n = len(pairs)
    seen = sum((one - other) ** 2 for one, other in pairs)
    # the mean of (one - other)^2 over all combinations, from sums instead of n^2 pairs
    ones, others = [one for one, _ in pairs], [other for _, other in pairs]
    squares = n * (sum(one * one for one in ones) + sum(other * other for other in others))
    by_chance = squares - 2 * sum(ones) * sum(others)
    return 1 - n * seen / by_chance if by_chance else None


def _interval(pairs: Sequence[Pair]) -> tuple[float | None, float | None]:
    luck = Random(len(pairs))  # the same data always have the same interval
    drawn = (weighted_kappa(luck.choices(pairs, k=len(pairs))) for _ in range(_REPEATS))
    known = sorted(kappa for kappa in drawn if kappa is not None)
    if not known:
        return None, None
    return known[len(known) // 20], known[-1 - len(known) // 20]
