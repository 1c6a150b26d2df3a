"""Alarms are counted once, and rules are compared where they cry wolf equally often."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from bench.validity_alarms import (
    Watch,
    false_alarm_rate,
    found_in_time,
    new_alarms,
    share_found,
    watch_rule,
)

DAYS = 100


def quiet(tutors: int) -> np.ndarray:
    return np.zeros((tutors, DAYS))


def test_an_alarm_that_goes_on_or_flickers_is_one_alarm() -> None:
    told = quiet(3)
    told[0, 10:40] = 1
    told[1, [10, 30, 50]] = 1
    told[2, 0:5] = 1
    alarms = new_alarms(told, 0.5)
    assert alarms.sum(axis=1).tolist() == [1, 1, 0]
    assert alarms[0, 10]


def test_an_alarm_is_new_again_after_thirty_quiet_days() -> None:
    told = quiet(1)
    told[0, [10, 41]] = 1
    assert np.flatnonzero(new_alarms(told, 0.5)[0]).tolist() == [10, 41]


def test_false_alarms_are_those_of_stable_tutors_per_hundred_months() -> None:
    told = quiet(4)
    told[:, 50] = 1
    told[0, 60:] = np.nan
    watch = Watch(told, np.full(4, -1), np.array([True, True, True, False]))
    months = (60 + 100 + 100) / 30
    assert false_alarm_rate(watch, new_alarms(told, 0.5)) == pytest.approx(100 * 3 / months)


def test_a_turn_is_found_by_an_alarm_after_it_and_in_time() -> None:
    told = quiet(4)
    told[0, 25], told[1, 19], told[2, 70] = 1, 1, 1
    watch = Watch(told, np.array([20, 20, 20, -1]), np.zeros(4, bool))
    assert share_found(watch, new_alarms(told, 0.5), 45) == pytest.approx(1 / 3)


def test_a_rule_that_rises_at_turns_only_finds_all_without_false_alarms() -> None:
    told = np.tile(np.linspace(0, 0.01, DAYS), (20, 1))
    told[:5, 30:] = 1
    changed = np.array([25] * 5 + [-1] * 15)
    watch = Watch(told, changed, changed < 0)
    assert found_in_time(watch, 45, 5.0) == 1
    blind = Watch(np.zeros((20, DAYS)), changed, changed < 0)
    assert found_in_time(blind, 45, 5.0) == 0


def test_a_turn_that_could_not_be_watched_to_the_end_is_left_out() -> None:
    first = date(2026, 1, 1)
    rows = [
        {"tutor_id": name, "score_date": first + timedelta(days=day), "ours": 0.0,
         "changed_on": first + timedelta(days=turn), "change": change, "is_stable": False}
        for name, turn, change in (("seen", 10, 1.0), ("late", 70, 1.0), ("better", 10, -0.9))
        for day in range(DAYS)
    ]  # fmt: skip
    watch = watch_rule(pl.DataFrame(rows), "ours", 45)
    assert watch.told.shape == (3, DAYS)
    assert watch.changed.tolist() == [10, -1, -1]
