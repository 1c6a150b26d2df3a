"""Figures of several worlds become one line: mean, range, and every rule beside ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan, nan

from bench.validity_measures import Measure
from bench.validity_tables import Figures, Tables, pool
from bench.validity_world import NotThereYet


@dataclass(frozen=True)
class Spread:
    """A figure over worlds: its mean, or when pooled the figure of all worlds; and its range."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Line:
    """One measure on one kind of world; `rules` is empty when it could not be taken."""

    metric: str
    kind: str
    unit: str
    goal: str
    worlds: int
    rules: dict[str, Spread] = field(default_factory=dict)
    why_missing: str = ""

    @property
    def facts(self) -> dict[str, object]:
        """Returns kind and number of worlds, our range, and mean and range of the other rules."""
        facts: dict[str, object] = {"kind": self.kind, "worlds": self.worlds}
        for rule, spread in self.rules.items():
            if rule != "ours":
                facts[rule] = round(spread.mean, 3)
            facts["range" if rule == "ours" else f"{rule}_range"] = [
                round(spread.low, 3),
                round(spread.high, 3),
            ]
        return facts


def summarise(
    measures: Sequence[Measure], worlds: Mapping[str, Mapping[str, Tables]]
) -> Iterator[Line]:
    """Yields a line for each measure and kind of world it is for, in the measures' order."""
    for measure in measures:
        for kind in measure.kinds:
            if kind in worlds:
                yield _line(measure, kind, worlds[kind])


def _line(measure: Measure, kind: str, worlds: Mapping[str, Tables]) -> Line:
    head = (measure.metric, kind, measure.unit, measure.goal, len(worlds))
    try:
        each = [measure.figures(tables) for tables in worlds.values()]
        whole = measure.figures(pool(worlds)) if measure.is_pooled else None
    except NotThereYet as error:
        return Line(*head, why_missing=str(error))
    return Line(*head, rules={rule: _spread(rule, each, whole) for rule in each[0]})


def _spread(rule: str, each: Sequence[Figures], whole: Figures | None) -> Spread:
    known = [figures[rule] for figures in each if not isnan(figures[rule])]
    if not known:
        return Spread(nan, nan, nan)
    mean = whole[rule] if whole else sum(known) / len(known)
    return Spread(mean, min(known), max(known))
