from __future__ import annotations

from datetime import datetime

import orjson

from core.contract import Session, Tutor
from synthetic.ndjson import session_lines, tutor_lines
from synthetic.world import World


def test_every_session_passes_the_contract(small_world: World) -> None:
    lines = list(session_lines(small_world.sessions)) + list(session_lines(small_world.future))
    for line in lines:
        assert not Session.model_validate_json(line).model_extra


def test_every_tutor_passes_the_contract(demo_world: World) -> None:
    tutors = [Tutor.model_validate_json(line) for line in tutor_lines(demo_world.tutors)]
    assert len({tutor.display_name for tutor in tutors}) == len(tutors) == 300
    assert all(not tutor.model_extra for tutor in tutors)


def test_lines_keep_the_order_of_rows(small_world: World) -> None:
    ids = [orjson.loads(line)["session_id"] for line in session_lines(small_world.sessions)]
    assert ids == small_world.sessions["session_id"].to_list()


def test_times_carry_the_offset_of_their_zone(small_world: World) -> None:
    for line in session_lines(small_world.sessions.filter(time_zone="America/Phoenix")):
        record = orjson.loads(line)
        assert record["scheduled_start"].endswith("-07:00")
        assert record["sent_at"].endswith("-07:00")


def test_times_survive_the_way_to_text(small_world: World) -> None:
    for line, row in zip(
        session_lines(small_world.sessions[:200]),
        small_world.sessions[:200].iter_rows(named=True),
        strict=True,
    ):
        told = datetime.fromisoformat(orjson.loads(line)["scheduled_start"])
        assert told == row["scheduled_start"]
