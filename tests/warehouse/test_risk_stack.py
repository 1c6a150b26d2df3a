"""The monthly refit of reschedule risks is what an independent solution of the same sums gives."""

from __future__ import annotations

import numpy as np
import pytest

from tests.warehouse.conftest import TinyWarehouse

PLAIN = {
    "level": 0,
    "slot": 1,
    "past": 1,
    "lately": 1,
    "moves": 1,
    "attendance": 0,
    "ratings": 0,
    "sessions": 0,
    "unseen": 0,
}
RIDGE = 20


def test_a_months_coefficients_are_one_newton_step_from_the_plain_product(
    full_warehouse: TinyWarehouse,
) -> None:
    fit = full_warehouse.rows("FROM intermediate.int_risk_stack_fits ORDER BY fit_month")[-1]
    sums = {
        (row["term"], row["other_term"]): row["known_sum"]
        for row in full_warehouse.rows(
            "FROM intermediate.int_risk_stack_sums WHERE fit_month = "
            "(SELECT max(fit_month) FROM intermediate.int_risk_stack_sums)"
        )
    }
    curve = np.array(
        [[sums.get((one, other), sums.get((other, one))) for other in PLAIN] for one in PLAIN],
        dtype=float,
    )
    slope = np.array([sums[name, "told"] for name in PLAIN], dtype=float)
    step = np.linalg.solve(curve + RIDGE * np.eye(len(PLAIN)), slope)
    wanted = np.array(list(PLAIN.values())) + step
    assert fit["session_count"] > 100 and np.abs(step).max() > 0.01
    assert [fit[f"coefficient_{name}"] for name in PLAIN] == pytest.approx(wanted, abs=1e-9)


def test_too_few_sessions_never_bring_the_refit_into_use(full_warehouse: TinyWarehouse) -> None:
    (row,) = full_warehouse.rows(
        "SELECT count(*) AS told, count(CASE WHEN stack_factor = 1 THEN 1 END) AS plain "
        "FROM fct_predictions WHERE kind = 'reschedule'"
    )
    assert row["told"] == row["plain"] > 300
