from __future__ import annotations

from datetime import datetime, timedelta, timezone

import polars as pl
import pytest

from core.contract import Session
from synthetic.live import UPCOMING, LiveDay, upcoming_sessions
from synthetic.ndjson import session_lines
from synthetic.world import World


@pytest.fixture(scope="module")
def live_day(small_world: World, world_end: datetime) -> LiveDay:
    return LiveDay(small_world, world_end)


def test_live_session_has_just_been_told(live_day: LiveDay, world_end: datetime) -> None:
    for index in range(100):
        now = world_end + timedelta(seconds=3 * index)
        session = Session.model_validate_json(live_day.line(index, now))
        assert session.sent_at == now
        assert timedelta(0) <= now - session.scheduled_end < timedelta(minutes=5)
        assert session.status != "scheduled"


def test_live_session_is_the_same_for_the_same_moment(
    live_day: LiveDay, world_end: datetime
) -> None:
    assert live_day.line(5, world_end) == live_day.line(5, world_end)


def test_live_session_may_be_told_from_any_zone(live_day: LiveDay, world_end: datetime) -> None:
    elsewhere = world_end.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert live_day.line(5, elsewhere) == live_day.line(5, world_end)


def test_live_ids_never_repeat_even_after_the_last_session(
    live_day: LiveDay, small_world: World, world_end: datetime
) -> None:
    far = small_world.future.height
    lines = [live_day.line(index, world_end) for index in (0, 1, far, far + 1)]
    ids = {Session.model_validate_json(line).session_id for line in lines}
    assert len(ids) == 4
    assert ids.isdisjoint(small_world.sessions["session_id"])


def test_upcoming_sessions_are_booked_and_have_no_outcome(
    small_world: World, world_end: datetime
) -> None:
    upcoming = upcoming_sessions(small_world, world_end)
    sessions = [Session.model_validate_json(line) for line in session_lines(upcoming)]
    assert len(sessions) > 300
    for session in sessions:
        assert session.status == "scheduled"
        assert world_end < session.scheduled_start <= world_end + UPCOMING
        assert session.sent_at == session.booked_at
        assert (session.reschedule, session.tutor_joined_at, session.student_rating) == (None,) * 3


def test_upcoming_sessions_are_not_among_those_known(
    small_world: World, world_end: datetime
) -> None:
    upcoming = upcoming_sessions(small_world, world_end)
    assert upcoming.join(small_world.sessions, on="session_id").is_empty()
    assert (upcoming["booked_at"] <= world_end).all()
    assert upcoming.filter(pl.col("session_id").is_duplicated()).is_empty()
