"""What must hold in any company, tried on small ones made at random."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.lake import SESSIONS
from flows.results import refuse_failures
from tests.warehouse.conftest import Row, TinyWarehouse, first_start
from tests.warehouse.random_world import (
    EMPTY,
    TUTORS,
    doubled,
    random_world,
    renamed,
    what_others_cause,
)
from tests.warehouse.tiny_world import AS_OF, land, moment, month, rounded, session

SEEDS = (11, 12, 13, 14)
CARDS = "SELECT tutor_id, state, score, score_low, score_high FROM rpt_tutor_scorecards"
DAYS = "SELECT tutor_id, score_date, score, score_low, score_high FROM fct_tutor_scores"
RISKS = "SELECT tutor_id, kind, probability FROM fct_upcoming_risk"


@dataclass
class Maker:
    """Builds one company after another from nothing; `folder` holds their warehouses."""

    empty: TinyWarehouse
    folder: Path
    count: int = 0

    def make(self, rows: list[Row], as_of: datetime = AS_OF) -> TinyWarehouse:
        """Returns the warehouse of these sessions alone."""
        self.count += 1
        warehouse = self.empty.copy_to(self.folder / str(self.count))
        land(warehouse.lake_dir, SESSIONS, rows, 10_000)  # in the place of those before
        refuse_failures(warehouse.build(as_of))
        return warehouse


@pytest.fixture(scope="module")
def maker(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    folder = tmp_path_factory.mktemp("invariants")
    return Maker(first_start(folder), folder)


@pytest.fixture(scope="module", params=SEEDS)
def seed(request: pytest.FixtureRequest) -> int:
    number: int = request.param
    return number


@pytest.fixture(scope="module")
def world(maker: Maker, seed: int) -> TinyWarehouse:
    return maker.make(random_world(seed))


def _by_tutor(warehouse: TinyWarehouse, query: str = CARDS) -> dict[tuple[str, ...], Row]:
    keys = ("tutor_id", "kind", "score_date")
    rows = warehouse.rows(query)
    return {tuple(str(row.pop(key)) for key in keys if key in row): rounded(row) for row in rows}


def test_twice_as_much_of_the_same_narrows_the_interval_of_every_rate(
    maker: Maker, world: TinyWarehouse, seed: int
) -> None:
    # what tutors are shrunk to is fitted up to Monday, and so the same
    twice = maker.make(doubled(random_world(seed), moment(-4, hour=0)))
    changes = [
        (world.components(tutor)[name], twice.components(tutor)[name])
        for tutor in TUTORS
        for name in ("reliability", "attendance", "first_sessions")
    ]
    more = [change for change in changes if change[0]["session_count"] < change[1]["session_count"]]
    assert len(more) > 8
    for before, after in more:
        # a rate that rose has a wider interval for being higher, so that is measured by its size
        rose = before["event_count"] < after["event_count"]
        width = _relative_width if rose else _width
        assert width(after) < width(before)


def _width(part: Row) -> float:
    return float(part["rate_high"] - part["rate_low"])


def _relative_width(part: Row) -> float:
    return float(part["rate_high"] / part["rate_low"])


def test_tutors_who_change_their_ids_change_their_scores(
    maker: Maker, world: TinyWarehouse, seed: int
) -> None:
    shuffled = random.Random(seed).sample(TUTORS, len(TUTORS))
    names = dict(zip(TUTORS, shuffled, strict=True))
    moved = _by_tutor(maker.make(renamed(random_world(seed), names)))
    assert moved == {
        (names.get(tutor, tutor),): card for (tutor,), card in _by_tutor(world).items()
    }


@pytest.mark.parametrize("tutor", ["t-0", EMPTY])
def test_one_more_session_that_was_held_raises_no_risk(
    maker: Maker, world: TinyWarehouse, seed: int, tutor: str
) -> None:
    one_more = session("one-more", tutor, moment(-1), f"{tutor}-st-0")
    after = _by_tutor(maker.make([*random_world(seed), one_more]), RISKS)
    before = _by_tutor(world, RISKS)
    risks = [(after[key]["probability"], before[key]["probability"]) for key in before]
    assert risks and all(now <= then for now, then in risks)
    assert any(now < then for now, then in risks)


def test_what_students_and_the_platform_cause_moves_nobodys_score(
    maker: Maker, world: TinyWarehouse, seed: int
) -> None:
    disturbed = maker.make([*random_world(seed), *what_others_cause(seed)])
    assert _by_tutor(disturbed) == _by_tutor(world)


def test_what_comes_later_changes_no_score_of_a_day_before(
    maker: Maker, world: TinyWarehouse, seed: int
) -> None:
    later = [
        row
        | {
            "session_id": f"{row['session_id']}-later",
            "scheduled_start": row["scheduled_start"] + timedelta(days=61),
            "scheduled_end": row["scheduled_end"] + timedelta(days=61),
        }
        for row in random_world(seed + 1)
        if row["status"] in ("completed", "no_show")
    ]
    grown = maker.make([*random_world(seed), *later], AS_OF + timedelta(days=62))
    then, now = _by_tutor(world, DAYS), _by_tutor(grown, DAYS)
    kept = then.keys() & now.keys()
    assert len(kept) > 100
    assert {key: now[key] for key in kept} == {key: then[key] for key in kept}


def test_who_has_taught_nothing_sits_at_the_platforms_rate(world: TinyWarehouse) -> None:
    risks = [row for row in world.rows("FROM fct_upcoming_risk") if row["tutor_id"] == EMPTY]
    assert {row["kind"] for row in risks} >= {"reschedule", "no_show"}
    for row in risks:
        assert (row["tutor_factor"], row["recent_factor"]) == (1, 1)
    card = world.one("rpt_tutor_scorecards", tutor_id=EMPTY)
    assert (card["state"], card["score"]) == ("new_tutor", None)


def test_sessions_older_than_all_fits_are_kept_and_go_by_the_oldest(maker: Maker) -> None:
    old = [row | {"session_id": f"{row['session_id']}-old"} for row in month("t-0", days_ago=1_400)]
    warehouse = maker.make([*random_world(SEEDS[0]), *old])
    [weeks] = warehouse.rows(
        "SELECT min(fit_week) AS oldest, max(fit_week) AS newest, "
        "sum(long_n) FILTER (fit_week = (SELECT min(fit_week) FROM intermediate.int_case_mix_fits) "
        "AND outcome = 'reliability') AS known_in_the_oldest FROM intermediate.int_case_mix_fits"
    )
    assert weeks["newest"] - weeks["oldest"] == 156
    assert 0 < weeks["known_in_the_oldest"] < len(old)
    [kept] = warehouse.rows(
        "SELECT count(*) AS count, "
        "count(*) FILTER (abs(expected_reliability - 0.1) > 0.001) AS fitted "
        "FROM fct_sessions WHERE session_id LIKE '%-old'"
    )
    # a tenth is what is expected before there is anything to fit
    assert kept["count"] == kept["fitted"] == len(old)
