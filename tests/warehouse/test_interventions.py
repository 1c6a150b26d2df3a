"""Whether acting helped: a planted effect is found, getting better by chance is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import mean

import pytest

from core.lake import FLAG_ACTIONS, SESSIONS
from flows.results import refuse_failures
from tests.warehouse.conftest import Row, TinyWarehouse
from tests.warehouse.flag_world import action
from tests.warehouse.tiny_world import land, moment, moved, session

ACTED_DAYS_AGO = 58
HELPED_RATE = 0.3  # of the rate before
PLATFORM_RATE = 0.2
HORIZONS = (28, 56)


@dataclass
class Tutors:
    """A company in which coaches act on some of those who look worst, and help every other one."""

    rates: dict[str, float]
    moves: dict[str, list[tuple[int, bool]]]  # days ago, and whether the session was moved
    acted: list[str]

    @property
    def helped(self) -> set[str]:
        return set(self.acted[::2])

    def true_effect(self, tutor_id: str) -> float:
        """Returns the change that is the tutor's own: those left alone keep their true rate."""
        after = {name: self._rate(name, after=True) for name in self.rates}
        return (after[tutor_id] - self.rates[tutor_id]) / mean(after.values())

    def _rate(self, tutor_id: str, after: bool) -> float:
        is_better = after and tutor_id in self.helped
        return self.rates[tutor_id] * (HELPED_RATE if is_better else 1)


def _company(seed: int, count: int = 150) -> Tutors:
    random = Random(seed)
    rates = {
        f"t-{number}": PLATFORM_RATE * random.gammavariate(12, 1 / 12) for number in range(count)
    }
    before = range(ACTED_DAYS_AGO + 60, ACTED_DAYS_AGO - 1, -1)
    moves = {
        name: [(day, random.random() < rate) for day in before] for name, rate in rates.items()
    }
    tutors = Tutors(rates, moves, [])
    worst = sorted(rates, key=lambda name: -_recent_moves(tutors, name))[: count // 3]
    tutors.acted = random.sample(worst, len(worst) // 2)
    for name, sessions in moves.items():
        rate = tutors._rate(name, after=True)
        sessions += [(day, random.random() < rate) for day in range(ACTED_DAYS_AGO - 1, 0, -1)]
    return tutors


def _recent_moves(tutors: Tutors, name: str) -> int:
    return sum(was_moved for day, was_moved in tutors.moves[name] if day < ACTED_DAYS_AGO + 28)


def _sessions(tutors: Tutors) -> list[Row]:
    rows = []
    for name, moves in tutors.moves.items():
        for day, was_moved in moves:
            start = moment(-day)
            changes = moved("tutor", 2, start) if was_moved else {}
            rows.append(session(f"{name}-{day}", name, start, **changes))
    return rows


def _actions(tutors: Tutors) -> list[Row]:
    done = [
        action(f"{name}|reliability|2026-09-01", "assign", ACTED_DAYS_AGO) for name in tutors.acted
    ]
    recent = [action("t-recent|reliability|2026-11-01", "acknowledge", 10)]
    gone = [action("t-gone|reliability|2026-09-01", "resolve", ACTED_DAYS_AGO)]
    return [*done, *recent, *gone, action(done[0]["flag_id"], "note", 5)]


def _edges() -> list[Row]:
    rows = []
    for day in range(ACTED_DAYS_AGO + 30, 0, -1):
        rows.append(session(f"t-recent-{day}", "t-recent", moment(-day)))
        if day > ACTED_DAYS_AGO:
            rows.append(session(f"t-gone-{day}", "t-gone", moment(-day)))
    return rows


@pytest.fixture(scope="module")
def tutors() -> Tutors:
    return _company(seed=15)


@pytest.fixture(scope="module")
def warehouse(tutors: Tutors, tmp_path_factory: pytest.TempPathFactory) -> TinyWarehouse:
    folder: Path = tmp_path_factory.mktemp("interventions")
    built = TinyWarehouse(folder / "warehouse", folder / "lake")
    land(built.lake_dir, SESSIONS, [*_sessions(tutors), *_edges()], 1)
    land(built.lake_dir, FLAG_ACTIONS, _actions(tutors), 100_000)
    refuse_failures(built.build(moment(0, hour=18)))
    return built


def _measured(warehouse: TinyWarehouse, horizon: int) -> dict[str, Row]:
    query = f"FROM fct_interventions WHERE state = 'measured' AND horizon_days = {horizon}"
    return {row["tutor_id"]: row for row in warehouse.rows(query)}


def _effects(tutors: Tutors, rows: dict[str, Row], *, helped: bool) -> tuple[float, float]:
    """Returns the mean effect that is measured and the mean true one, of one half of the acted."""
    names = [name for name in rows if (name in tutors.helped) == helped]
    assert len(names) >= 9
    return mean(rows[name]["effect"] for name in names), mean(map(tutors.true_effect, names))


@pytest.mark.parametrize("horizon", HORIZONS)
def test_getting_better_by_chance_is_not_taken_for_an_effect(
    tutors: Tutors, warehouse: TinyWarehouse, horizon: int
) -> None:
    rows = _measured(warehouse, horizon)
    measured, true = _effects(tutors, rows, helped=False)
    left_alone = [row for name, row in rows.items() if name not in tutors.helped]
    by_chance = mean(row["ratio_after"] - row["ratio_before"] for row in left_alone)
    assert true == 0 and by_chance < -0.25
    assert abs(measured) < 0.2


@pytest.mark.parametrize("horizon", HORIZONS)
def test_a_planted_effect_is_found_in_its_size(
    tutors: Tutors, warehouse: TinyWarehouse, horizon: int
) -> None:
    measured, true = _effects(tutors, _measured(warehouse, horizon), helped=True)
    assert true < -0.7
    assert abs(measured - true) < 0.2


@pytest.mark.parametrize("horizon", HORIZONS)
def test_nine_in_ten_intervals_hold_the_true_effect(
    tutors: Tutors, warehouse: TinyWarehouse, horizon: int
) -> None:
    rows = _measured(warehouse, horizon)
    held = [
        row["effect_low"] <= tutors.true_effect(name) <= row["effect_high"]
        for name, row in rows.items()
    ]
    assert len(held) >= 18
    assert mean(held) >= 0.85


def test_what_is_observed_is_the_sessions_of_the_window_weighted_by_age(
    tutors: Tutors, warehouse: TinyWarehouse
) -> None:
    name = tutors.acted[0]
    ages = [
        day - ACTED_DAYS_AGO
        for day, was_moved in tutors.moves[name]
        if was_moved and 0 <= day - ACTED_DAYS_AGO < 28
    ]
    row = warehouse.one("fct_interventions", tutor_id=name, horizon_days=28)
    assert row["observed_before"] == pytest.approx(sum(2 ** (-age / 90) for age in ages))


def test_an_action_that_cannot_be_measured_says_why(warehouse: TinyWarehouse) -> None:
    rows = warehouse.rows("FROM fct_interventions WHERE state <> 'measured' ORDER BY ALL")
    states = {(row["tutor_id"], row["horizon_days"]): row["state"] for row in rows}
    assert states["t-recent", 28] == "too_early"
    assert states["t-gone", 28] == "too_few_sessions"
    assert all(row["effect"] is None and row["effect_low"] is None for row in rows)


def test_only_what_was_done_about_the_tutor_is_measured(
    tutors: Tutors, warehouse: TinyWarehouse
) -> None:
    rows = warehouse.rows("FROM fct_interventions")
    assert len(rows) == 2 * (len(tutors.acted) + 2)
    assert {row["action"] for row in rows} == {"assign", "acknowledge", "resolve"}


def test_peers_are_others_whom_nobody_acted_on(tutors: Tutors, warehouse: TinyWarehouse) -> None:
    others = len(tutors.rates) - len(tutors.acted) + 2
    rows = _measured(warehouse, 28).values()
    assert all(3 <= row["peer_count"] <= others for row in rows)
    for row in rows:
        assert row["peer_ratio_before"] == pytest.approx(row["ratio_before"], rel=0.15)


def test_an_effect_is_told_as_of_any_later_day_alike(
    warehouse: TinyWarehouse, tmp_path_factory: pytest.TempPathFactory
) -> None:
    later = warehouse.copy_to(tmp_path_factory.mktemp("later"))
    refuse_failures(later.build(moment(0, hour=18) + timedelta(days=2)))
    for horizon in HORIZONS:
        before, after = (_measured(each, horizon) for each in (warehouse, later))
        assert before.keys() == after.keys()
        for name, row in before.items():
            assert row["effect"] == pytest.approx(after[name]["effect"])
