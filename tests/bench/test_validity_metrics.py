"""Measures of the validity run, on cases small enough to count by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.random import default_rng

from bench import validity_metrics as metrics

HAPPENED = np.array([0.0, 0.0, 1.0, 1.0])


def drawn(count: int = 40_000) -> tuple[metrics.Floats, metrics.Floats]:
    """Returns what happened and its true chance."""
    rng = default_rng(5)
    chance = rng.beta(2, 8, count)
    return (rng.random(count) < chance).astype(float), chance


def test_auc_counts_pairs_in_order_and_ties_half() -> None:
    assert metrics.auc(HAPPENED, np.array([0.1, 0.4, 0.35, 0.8])) == 0.75
    assert metrics.auc(HAPPENED, np.array([0.1, 0.5, 0.5, 0.8])) == 0.875
    assert np.isnan(metrics.auc(np.zeros(4), HAPPENED))


def test_brier_and_its_skill_over_one_number() -> None:
    told = np.array([0.0, 0.5, 0.5, 1.0])
    assert metrics.brier(HAPPENED, told) == 0.125
    assert metrics.brier_skill(HAPPENED, told) == 0.5
    assert metrics.brier_skill(HAPPENED, np.full(4, 0.5)) == 0


def test_spearman_sees_order_only() -> None:
    values = np.array([1.0, 2.0, 3.0, 4.0])
    assert metrics.spearman(values, values**3) == pytest.approx(1)
    assert metrics.spearman(values, -values) == pytest.approx(-1)


def test_true_chances_are_calibrated_and_sharpened_ones_are_not() -> None:
    happened, chance = drawn()
    intercept, slope = metrics.calibration_line(happened, chance)
    assert intercept == pytest.approx(0, abs=0.1)
    assert slope == pytest.approx(1, abs=0.05)
    odds = (chance / (1 - chance)) ** 2
    assert metrics.calibration_line(happened, odds / (1 + odds))[1] == pytest.approx(0.5, abs=0.03)


def test_calibration_error_is_the_distance_in_bins_of_equal_size() -> None:
    happened, chance = drawn()
    assert metrics.expected_calibration_error(happened, chance) < 0.01
    shifted = metrics.expected_calibration_error(happened, chance + 0.05)
    assert shifted == pytest.approx(0.05, abs=0.01)
    assert set(metrics.reliability_bins(happened, chance).count) <= {2666.0, 2667.0}


def test_coverage_counts_ends_in() -> None:
    low, high = np.array([0.0, 0.2, 0.3]), np.array([0.1, 0.4, 0.5])
    assert metrics.coverage(low, high, np.array([0.1, 0.5, 0.3])) == pytest.approx(2 / 3)


def test_wilson_interval_is_the_known_one() -> None:
    low, high = metrics.wilson_interval(np.array([0.1]), np.array([50]), z=1.96)
    assert (low[0], high[0]) == pytest.approx((0.0435, 0.2136), abs=1e-4)


def test_flags_are_counted_against_the_truth() -> None:
    found = metrics.confusion(
        np.array([True, True, False, False, False]), np.array([True, False, True, True, False])
    )
    assert (found.false_share, found.power, found.flagged_share) == (0.5, 1 / 3, 0.4)
    assert np.isnan(metrics.confusion(np.zeros(2, bool), np.ones(2, bool)).false_share)


def test_gap_closed_goes_from_naive_to_oracle() -> None:
    assert metrics.gap_closed(0.10, 0.10, 0.08) == 0
    assert metrics.gap_closed(0.10, 0.085, 0.08) == pytest.approx(0.75)


def test_tilt_compares_the_good_of_two_sides() -> None:
    side = np.repeat([0, 1], 100)
    flagged = np.zeros(200, bool)
    flagged[[0, 1, 100, 101, 102, 103]] = True
    ratio, wrong = metrics.tilt(flagged, np.ones(200, bool), side)
    assert (ratio, wrong) == (pytest.approx(4.5 / 2.5), 6)
    assert metrics.tilt(np.zeros(200, bool), np.ones(200, bool), side) == (1, 0)
