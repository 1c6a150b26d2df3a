"""What is expected of a slot is what an independent fit of the same counts gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.warehouse.conftest import TinyWarehouse

FACTORS = (
    "slot_hours",
    "slot_weekday",
    "subject",
    "lead_time",
    "slot_length",
    "first_session_told",
)
RIDGE, PRIOR_SESSIONS, LEVEL_SESSIONS = 40.0, 50, 25


def _columns(rows: list[dict[str, Any]]) -> NDArray[np.float64]:
    """Returns one column of 0 and 1 for each level of each factor."""
    levels = sorted({(factor, row[factor]) for row in rows for factor in FACTORS})
    return np.array([[float(row[factor] == level) for factor, level in levels] for row in rows])


def _penalised_fit(
    x: NDArray[np.float64], n: NDArray[np.float64], y: NDArray[np.float64], start: float
) -> NDArray[np.float64]:
    """Returns the logits of a ridge logistic regression on counts, by Newton's method."""
    effects = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-(start + x @ effects)))
        slope = x.T @ (y - n * p) - RIDGE * effects
        curve = x.T @ (x * (n * p * (1 - p))[:, None]) + RIDGE * np.eye(x.shape[1])
        effects += np.linalg.solve(curve, slope)
    return start + x @ effects


@pytest.mark.parametrize(
    ("outcome", "prior"), [("reliability", 0.10), ("attendance", 0.08), ("quality", 0.15)]
)
def test_a_weeks_fit_is_that_of_a_penalised_logistic_regression(
    full_warehouse: TinyWarehouse, outcome: str, prior: float
) -> None:
    rows = full_warehouse.rows(
        "FROM intermediate.int_case_mix_fits WHERE fit_week = "
        "(SELECT max(fit_week) FROM intermediate.int_case_mix_fits) "
        f"AND outcome = '{outcome}'"
    )
    n, y, short_n, short_y = (
        np.array([row[name] for row in rows]) for name in ("long_n", "long_y", "short_n", "short_y")
    )
    seen, prior_seen = (
        y.sum() + PRIOR_SESSIONS * prior,
        (n - y).sum() + PRIOR_SESSIONS * (1 - prior),
    )
    logit = _penalised_fit(_columns(rows), n, y, np.log(seen / prior_seen))
    p = 1 / (1 + np.exp(-logit))
    spread = (short_n * p * (1 - p)).sum() + LEVEL_SESSIONS * prior * (1 - prior)
    wanted = 1 / (1 + np.exp(-(logit + (short_y - short_n * p).sum() / spread)))
    found = np.array([row["expected"] for row in rows])
    assert len(rows) > 5 and np.ptp(found) > 0.001
    # two sweeps come near enough
    assert np.abs(found - wanted).max() < 0.15 * np.ptp(found)
