"""The rubric: items with anchored levels, and our weights. A version never changes, it is followed.

Its points are ours: whoever gives levels never sees a weight.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal, Self, cast

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

CURRENT = "first_session@1"
Level = Literal[1, 2, 3, 4]
LOWEST, HIGHEST = 1, 4


class Item(BaseModel):
    """One question of the rubric. With a `measure` the level is counted, and nobody is asked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z_]{1,40}$")
    title: str
    weight: float = Field(gt=0)
    asks: str
    levels: dict[int, str]
    measure: Literal["student_word_share"] | None = None
    floors: tuple[float, ...] = ()

    @model_validator(mode="after")
    def _all_levels_are_anchored(self) -> Self:
        if list(self.levels) != list(range(LOWEST, HIGHEST + 1)):
            raise ValueError("every level from 1 to 4 needs its anchor")
        if len(self.floors) != (HIGHEST - LOWEST if self.measure else 0):
            raise ValueError("a measure needs a floor for each level above 1, others none")
        return self

    def measured_level(self, value: float) -> Level:
        """Returns the level of a measured value."""
        return cast(Level, LOWEST + sum(value >= floor for floor in self.floors))


class Rubric(BaseModel):
    """All items, and the findings that are listened for, by code."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z_]+@\d+$")
    minimum_share: float = Field(gt=0, le=1)
    items: tuple[Item, ...]
    findings: dict[str, str]

    @property
    def asked(self) -> tuple[Item, ...]:
        """Returns the items whose levels a grader gives."""
        return tuple(item for item in self.items if item.measure is None)

    def points(self, levels: Mapping[str, int | None]) -> float | None:
        """Returns 0 to 100, the weighted mean of what was observed; None if that is too little."""
        seen = [(item.weight, levels[item.id]) for item in self.items if levels.get(item.id)]
        weight = sum(weight for weight, _ in seen)
        if weight < self.minimum_share * sum(item.weight for item in self.items):
            return None
        total = sum(weight * ((level or LOWEST) - LOWEST) for weight, level in seen)
        return round(100 * total / (weight * (HIGHEST - LOWEST)), 1)


def read_yaml(name: str) -> dict[str, Any]:
    """Returns what a YAML file in `rubrics/` says."""
    return cast(dict[str, Any], yaml.safe_load(read_text(f"{name}.yml")))


@cache
def read_text(name: str) -> str:
    """Returns the text of a file in `rubrics/`."""
    return (files("flows.reviews") / "rubrics" / name).read_text(encoding="utf-8")


@cache
def load_rubric(name: str = CURRENT) -> Rubric:
    """Returns a version of a rubric."""
    return Rubric.model_validate(read_yaml(name))
