from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise

import orjson
import polars as pl
import pytest

from core.contract import Session
from core.errors import BadInput
from synthetic.delivery import repeat_some
from synthetic.kinds import KINDS
from synthetic.live import UPCOMING, LiveDay, upcoming_sessions
from synthetic.ndjson import session_lines
from synthetic.scenarios import ORDINARY, SCENARIOS, describe_scenarios, find_scenario
from synthetic.world import World, make_world

Maker = Callable[[str], World]
WEEK, DAY = timedelta(days=7), timedelta(days=1)
moved = pl.col("status") == "rescheduled"
down = pl.col("cancellation").struct.field("initiator") == "platform"
start = pl.col("scheduled_start")


@pytest.fixture(scope="module")
def world_of(world_end: datetime) -> Maker:
    return cache(
        lambda name: make_world(5, 120, 900, 60, 1_000, world_end, kind=find_scenario(name).kind)
    )


def live(world: World, end: datetime, name: str, count: int = 60) -> Iterator[Session]:
    day = LiveDay(world, end, find_scenario(name).kind)
    for index in range(count):
        line = day.line(index, end + timedelta(seconds=3 * index))
        yield Session.model_validate_json(line)


def passed(world: World, end: datetime) -> pl.DataFrame:
    return world.sessions.filter(start <= end)


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_scenario_is_told_of_and_can_be_made(world_of: Maker, name: str) -> None:
    assert f"{name}: {SCENARIOS[name].about}." in describe_scenarios()
    assert SCENARIOS[name].kind in KINDS
    assert world_of(name).sessions.height > 30_000


@pytest.mark.parametrize("name", SCENARIOS)
def test_live_sessions_of_each_scenario_are_new_and_valid(
    world_of: Maker, world_end: datetime, name: str
) -> None:
    told = list(live(world_of(name), world_end, name))
    assert len({session.session_id for session in told}) == 60
    assert all(session.sent_at and session.sent_at >= world_end for session in told)
    assert not any(session.model_extra for session in told)


def test_an_unknown_scenario_names_those_there_are() -> None:
    with pytest.raises(BadInput, match="quiet-week, outage, drifting-tutor"):
        find_scenario("nonsense")
    assert find_scenario(None) is ORDINARY


def test_a_quiet_week_has_few_sessions_and_hardly_a_change(
    world_of: Maker, world_end: datetime
) -> None:
    told = passed(world_of("quiet-week"), world_end)
    last = told.filter(start > world_end - 6 * DAY)
    before = told.filter(start.is_between(world_end - 13 * DAY, world_end - WEEK))
    assert last.height < 0.45 * before.height
    assert last.select(moved.mean()).item() < 0.35 * before.select(moved.mean()).item()
    assert last.filter(down).is_empty()
    assert upcoming_sessions(world_of("quiet-week"), world_end).height > 200


def test_live_sessions_of_a_quiet_week_are_slow_and_held(
    world_of: Maker, world_end: datetime
) -> None:
    assert SCENARIOS["quiet-week"].pace > 1
    quiet, busy = (
        sum(session.status == "rescheduled" for session in live(world_of(n), world_end, n, 200))
        for n in ("quiet-week", "duplicates")
    )
    assert quiet < 0.4 * busy


def test_an_outage_is_many_failures_in_one_afternoon_near_the_end(
    world_of: Maker, world_end: datetime
) -> None:
    failures = passed(world_of("outage"), world_end).filter(down)
    [date] = failures["scheduled_start"].dt.date().unique()
    assert date == (world_end - DAY).date()
    assert failures["scheduled_start"].dt.hour().is_between(18, 22).all()
    ordinary = passed(world_of("duplicates"), world_end).filter(down)
    assert failures.height > 100 and failures.height > ordinary.height


def test_live_sessions_fail_in_an_outage(world_of: Maker, world_end: datetime) -> None:
    told = list(live(world_of("outage"), world_end, "outage"))
    causes = [session.cancellation.initiator for session in told if session.cancellation]
    assert causes.count("platform") > 25


def test_the_drifting_tutor_becomes_clearly_worse(world_of: Maker, world_end: datetime) -> None:
    world = world_of("drifting-tutor")
    [known] = world.truth.tutors.filter(pl.col("change") > 2).iter_rows(named=True)
    own = passed(world, world_end).filter(tutor_id=known["tutor_id"])
    is_recent = start.dt.date() >= known["changed_on"]
    before, after = own.filter(~is_recent), own.filter(is_recent)
    assert before.height > 100 and after.height > 40
    assert before.select(moved.mean()).item() < 0.2
    assert after.select(moved.mean()).item() > 0.35
    assert (world_end.date() - known["changed_on"]).days < 22


def test_others_do_not_drift_with_the_drifting_tutor(world_of: Maker) -> None:
    drifting, ordinary = (world_of(n).truth.tutors for n in ("drifting-tutor", "duplicates"))
    both = drifting.join(ordinary, on="tutor_id", suffix="_ordinary")
    differs = both.filter(pl.col("reliability_at_end") != pl.col("reliability_at_end_ordinary"))
    assert differs.height == 1


def test_the_drifting_tutor_is_seen_often_in_the_live_feed(
    world_of: Maker, world_end: datetime
) -> None:
    world = world_of("drifting-tutor")
    known = world.truth.tutors.sort("change")["tutor_id"][-1]
    told = list(live(world, world_end, "drifting-tutor"))
    own = [session for session in told if session.tutor_id == known]
    assert 20 <= len(own) <= 30
    assert sum(session.status == "rescheduled" for session in own) > 0.25 * len(own)


def test_first_sessions_go_badly_since_three_weeks(world_of: Maker, world_end: datetime) -> None:
    world = world_of("bad-first-sessions")
    told = passed(world, world_end).join(world.truth.sessions, on="session_id", suffix="_true")
    held = told.filter(pl.col("status") == "completed")
    is_recent = start > world_end - 14 * DAY
    poor = held.group_by(is_recent.alias("recent"), "is_first_session_true").agg(
        (pl.col("student_rating") <= 2).mean(), pl.col("ends_engagement").mean()
    )
    rows = {(recent, first): (low, ends) for recent, first, low, ends in poor.iter_rows()}
    assert rows[True, True][0] > 2 * rows[False, True][0]
    assert rows[True, True][1] > 1.5 * rows[False, True][1]
    assert rows[True, False][0] < 1.3 * rows[False, False][0]


def test_bad_first_sessions_are_seen_often_in_the_live_feed(
    world_of: Maker, world_end: datetime
) -> None:
    name = "bad-first-sessions"
    told = list(live(world_of(name), world_end, name, 300))
    first = [session for session in told if session.is_first_session]
    poor = [session for session in first if session.student_rating and session.student_rating <= 2]
    assert len(first) > 40 and len(poor) > 15


def test_late_data_is_told_days_after_its_session(world_of: Maker, world_end: datetime) -> None:
    world = world_of("late-data")
    over = pl.concat([world.sessions, world.future]).filter(pl.col("scheduled_end") <= world_end)
    is_late = pl.col("sent_at") - pl.col("scheduled_end") > DAY / 2
    assert 0.1 < over.select(is_late.mean()).item() < 0.2
    waiting = world.future.filter(pl.col("scheduled_end") <= world_end)
    assert waiting.height > 200
    told = list(live(world, world_end, "late-data"))
    late = [s for s in told if s.sent_at and s.sent_at - s.scheduled_end > DAY / 24]
    assert len(late) >= 15
    assert all(session.scheduled_end <= world_end for session in late)


def test_ordinary_worlds_have_no_late_data(world_of: Maker, world_end: datetime) -> None:
    told = world_of("duplicates").sessions
    late = pl.col("sent_at") - pl.max_horizontal("scheduled_end", "student_left_at")
    assert told.select(late.max()).item() < DAY / 24


def test_duplicates_are_the_same_record_and_some_in_another_order(world_of: Maker) -> None:
    lines = list(session_lines(world_of("duplicates").sessions[:240]))
    posted = list(repeat_some(lines, 12))
    again = [now for before, now in pairwise(posted) if _same(before, now)]
    assert len(posted) == 240 + 20 and len(again) == 20
    assert sum(line in lines for line in again) == 10
    keys = [list(orjson.loads(line)) for line in again]
    assert sum(key == keys[0] for key in keys) == 10
    assert list(dict.fromkeys(orjson.loads(line)["session_id"] for line in posted)) == [
        orjson.loads(line)["session_id"] for line in lines
    ]


def _same(one: bytes, other: bytes) -> bool:
    return bool(orjson.loads(one) == orjson.loads(other))


def test_live_sessions_start_after_those_that_are_upcoming(
    world_of: Maker, world_end: datetime
) -> None:
    for name in ("outage", "quiet-week"):
        upcoming = upcoming_sessions(world_of(name), world_end)
        assert (upcoming["scheduled_start"] <= world_end + UPCOMING).all()
