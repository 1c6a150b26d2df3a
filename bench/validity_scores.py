"""Scores at the end of a world beside the true score: the same formula on the true rates."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import yaml

from bench.validity_metrics import Floats
from bench.validity_true_ratios import Harm, true_ratios
from bench.validity_tutors import tutor_table
from bench.validity_world import AS_OF_DATE, Warehouse
from synthetic.world import World

_PROJECT = Path(__file__).resolve().parents[1]
_SCORES = f"""
    select tutor_id, score::double as score,
        score_low::double as score_low, score_high::double as score_high
    from marts.fct_tutor_scores where score_date = date '{AS_OF_DATE}' and state = 'scored'
"""


def score_table(world: World, warehouse: Warehouse) -> pl.DataFrame:
    """Returns one row per scored tutor who teaches: the score, its interval and the true score.

    `true_<component>` is the true ratio of a component to the platform.
    """
    tutors, baseline = tutor_table(world, warehouse), _variables()["baseline"]
    ratios = true_ratios(world, tutors, _harm())
    points = np.zeros(tutors.height)
    for component in _components():
        points += ratio_points(ratios[component["component"]], component, baseline)
    named = {f"true_{name}": pl.Series(ratio) for name, ratio in ratios.items()}
    told = tutors.select("tutor_id").with_columns(
        true_score=pl.Series(np.clip(baseline + points, 0, 100)), **named
    )
    return told.join(warehouse.ask(_SCORES), on="tutor_id")


def ratio_points(ratio: Floats, component: dict[str, Any], baseline: float) -> Floats:
    """Returns the points of a ratio, as the macro of the same name in the dbt project does."""
    odds = (100 - baseline) / baseline * np.maximum(ratio, 1e-6) ** float(component["steepness"])
    points: Floats = float(component["weight"]) * (100 / (1 + odds) - baseline)
    return points


def _components() -> list[dict[str, str]]:
    path = _PROJECT / "dbt_project" / "seeds" / "score_components.csv"
    with path.open() as lines:
        return list(csv.DictReader(lines))


def _variables() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((_PROJECT / "dbt_project.yml").read_text())["vars"]
    return found


def _harm() -> Harm:
    """What events weigh in a score; an event of a project without such weights counts for one."""
    found = _variables()
    return Harm(
        short_notice_hours=found["short_notice_hours"],
        short_notice=found.get("short_notice_weight", 1),
        long_notice_hours=found.get("long_notice_hours", 72),
        long_notice=found.get("long_notice_weight", 1),
        no_show=found.get("no_show_weight", 1),
    )
