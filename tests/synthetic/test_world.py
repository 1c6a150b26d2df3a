from __future__ import annotations

from datetime import datetime, timedelta, timezone

import polars as pl
import pytest

from core.errors import BadInput
from synthetic.ndjson import session_lines
from synthetic.world import World, make_world

WEEK = timedelta(days=7)


def known_slots(world: World, end: datetime) -> pl.DataFrame:
    """Slots that have passed, with what is true of them."""
    past = world.sessions.filter(pl.col("scheduled_end") <= end)
    return past.join(world.truth.sessions, on="session_id", suffix="_true")


def rate_by_tutor(sessions: pl.DataFrame) -> pl.DataFrame:
    by_tutor = pl.col("reschedule").struct.field("initiator") == "tutor"
    return sessions.group_by("tutor_id").agg(by_tutor.fill_null(False).mean().alias("rate"))


def share(part: pl.Series) -> float:
    return float(part.fill_null(False).sum()) / len(part)


def figures(world: World, end: datetime) -> dict[str, float]:
    slots = known_slots(world, end)
    moved = slots.filter(pl.col("status") == "rescheduled")
    held = slots.filter(pl.col("status") == "completed")
    last = slots.filter("ends_engagement", pl.col("status") != "rescheduled")
    is_poor = (last["status"] == "completed") & (last["satisfaction"] < -1.45)
    stars = held["student_rating"].drop_nulls()
    return {
        "rescheduled": share(slots["status"] == "rescheduled"),
        "by_tutor": share(moved["reschedule"].struct.field("initiator") == "tutor"),
        "no_show": share(slots["status"] == "no_show"),
        "no_show_of_tutor": share(slots["no_show_party"] == "tutor"),
        "first": share(slots["is_first_session_true"]),
        "first_flag_missing": share(slots["is_first_session"].is_null()),
        "ends_at_first": share(last["is_first_session_true"]),
        "ends_by_poor_first": share(last["is_first_session_true"] & is_poor),
        "rated": share(held["student_rating"].is_not_null()),
        "five_stars": share(stars == 5),
        "one_star": share(stars == 1),
        "tutors_above_15_percent": share(world.truth.tutors["reschedule_rate"] > 0.15),
    }


BANDS = {
    "rescheduled": (0.10, 0.15),
    "by_tutor": (0.977, 0.987),
    "no_show": (0.01, 0.02),
    "first": (0.08, 0.12),
    "ends_at_first": (0.20, 0.28),
    "ends_by_poor_first": (0.15, 0.24),
    "rated": (0.45, 0.57),
    "five_stars": (0.68, 0.80),
    "one_star": (0.06, 0.12),
    "tutors_above_15_percent": (0.18, 0.35),
    "first_flag_missing": (0.40, 0.60),
    "no_show_of_tutor": (0.005, 0.013),
}


@pytest.fixture(scope="module")
def realised(demo_world: World, world_end: datetime) -> dict[str, float]:
    return figures(demo_world, world_end)


@pytest.mark.parametrize("figure", BANDS)
def test_realised_figure_lies_in_the_band_of_the_brief(
    realised: dict[str, float], figure: str
) -> None:
    low, high = BANDS[figure]
    assert low <= realised[figure] <= high


def test_same_seed_gives_the_same_bytes(small_world: World, world_end: datetime) -> None:
    again = make_world(23, 40, 300, 30, 300, world_end)
    assert list(session_lines(again.sessions)) == list(session_lines(small_world.sessions))
    assert again.tutors.equals(small_world.tutors)
    assert again.truth.tutors.equals(small_world.truth.tutors)


def test_the_end_may_be_told_in_any_zone(small_world: World, world_end: datetime) -> None:
    elsewhere = world_end.astimezone(timezone(timedelta(hours=5, minutes=30)))
    again = make_world(23, 40, 300, 30, 300, elsewhere)
    assert again.sessions.equals(small_world.sessions)
    assert again.tutors.equals(small_world.tutors)


def test_another_seed_gives_another_world(small_world: World, world_end: datetime) -> None:
    other = make_world(24, 40, 300, 30, 300, world_end)
    assert not other.truth.tutors.equals(small_world.truth.tutors)


def test_company_grows_to_the_asked_sessions_a_day(demo_world: World, world_end: datetime) -> None:
    last_week = pl.col("scheduled_start").is_between(world_end - WEEK, world_end)
    first_week = pl.col("scheduled_start") < world_end - timedelta(days=83)
    per_day = demo_world.sessions.filter(last_week).height / 7
    assert per_day == pytest.approx(3_000, rel=0.07)
    assert demo_world.sessions.filter(first_week).height / 7 < 0.9 * per_day
    assert demo_world.tutors.height == 300
    assert demo_world.sessions["student_id"].n_unique() <= 2_500


def test_tutors_with_a_worse_true_rate_move_more_sessions(demo_world: World) -> None:
    rates = rate_by_tutor(demo_world.sessions).join(demo_world.truth.tutors, on="tutor_id")
    ranked = rates.sort("reschedule_rate")["rate"].to_list()
    best, worst = sum(ranked[:30]) / 30, sum(ranked[-30:]) / 30
    assert worst > 3 * best


def test_a_bad_tutor_stays_bad_after_the_end(demo_world: World) -> None:
    rates = rate_by_tutor(demo_world.future).join(demo_world.truth.tutors, on="tutor_id")
    ranked = rates.sort("reschedule_rate")["rate"].to_list()
    assert sum(ranked[-30:]) > 2 * sum(ranked[:30])


def test_tutors_who_change_do_so_in_the_asked_days(demo_world: World, world_end: datetime) -> None:
    changed = demo_world.truth.tutors.filter("has_change_point")
    assert 0.06 <= changed.height / 300 <= 0.20
    assert (
        changed["changed_on"]
        .is_between(world_end.date() - timedelta(days=90), world_end.date())
        .all()
    )
    assert (changed["change"] != 0).all()


def test_sessions_are_known_only_once_they_were_told(
    small_world: World, world_end: datetime
) -> None:
    assert (small_world.sessions["sent_at"] <= world_end).all()
    assert (small_world.future["sent_at"] > world_end).all()


def test_session_ids_follow_the_start_of_slots(small_world: World) -> None:
    ordered = small_world.sessions.sort("session_id")
    assert ordered["scheduled_start"].is_sorted()
    assert ordered["session_id"].is_unique().all()


def test_moved_session_is_a_new_slot_of_the_same_pair(small_world: World) -> None:
    every = pl.concat([small_world.sessions, small_world.future])
    pairs = every.join(every, left_on="rescheduled_from", right_on="session_id", suffix="_before")
    told = pairs["reschedule_before"].struct.field("new_start")
    assert pairs.height > 100
    assert (pairs["status_before"] == "rescheduled").all()
    assert (pairs["tutor_id"] == pairs["tutor_id_before"]).all()
    assert (pairs["student_id"] == pairs["student_id_before"]).all()
    assert (told.is_null() | (told == pairs["scheduled_start"])).all()
    assert pairs.height == (every["status"] == "rescheduled").sum()


def test_some_sessions_move_to_an_earlier_slot(small_world: World) -> None:
    moved = small_world.sessions["reschedule"].struct.field("new_start")
    is_sooner = (moved < small_world.sessions["scheduled_start"]).drop_nulls()
    assert 0.01 < share(is_sooner) < 0.15


def test_moves_are_asked_for_between_booking_and_start(small_world: World) -> None:
    moved = small_world.sessions.filter(pl.col("reschedule").is_not_null())
    asked = moved["reschedule"].struct.field("requested_at")
    assert (asked > moved["booked_at"]).all()
    assert (asked < moved["scheduled_start"]).all()


def test_lessons_start_by_day_where_the_tutor_lives(demo_world: World) -> None:
    for (zone,), rows in demo_world.sessions.group_by("time_zone"):
        hour = rows["scheduled_start"].dt.convert_time_zone(str(zone)).dt.hour()
        assert hour.is_between(7, 21).all()


def test_first_session_said_to_be_one_is_the_earliest_of_its_pair(demo_world: World) -> None:
    originals = demo_world.sessions.filter(pl.col("rescheduled_from").is_null())
    earliest = pl.col("scheduled_start").min().over("tutor_id", "student_id")
    first = originals.with_columns(earliest=earliest).filter("is_first_session")
    assert first.height > 1_000
    assert share(first["scheduled_start"] == first["earliest"]) > 0.99


def test_first_sessions_keep_coming_to_the_end(demo_world: World, world_end: datetime) -> None:
    slots = known_slots(demo_world, world_end)
    week = slots.filter(pl.col("scheduled_start") > world_end - WEEK)
    assert 0.07 < share(week["is_first_session_true"]) < 0.13


def test_students_leave_after_poor_first_sessions(demo_world: World, world_end: datetime) -> None:
    slots = known_slots(demo_world, world_end)
    first = slots.filter("is_first_session_true", pl.col("status") == "completed")
    leaves = first.group_by(pl.col("satisfaction") < -1.45).agg(pl.col("ends_engagement").mean())
    gone = dict(leaves.iter_rows())
    assert gone[True] > 5 * gone[False]


def test_one_afternoon_the_platform_is_down(demo_world: World) -> None:
    cancelled = demo_world.sessions.filter(
        pl.col("cancellation").struct.field("initiator") == "platform"
    )
    assert cancelled.height > 50
    assert cancelled["scheduled_start"].dt.date().n_unique() == 1


def test_absent_people_have_no_joins(demo_world: World) -> None:
    by_party = demo_world.sessions.group_by("no_show_party").agg(
        pl.col("tutor_joined_at", "student_joined_at").count()
    )
    joins = {party: (tutor, student) for party, tutor, student in by_party.iter_rows()}
    assert joins["tutor"][0] == 0 < joins["tutor"][1]
    assert joins["student"][1] == 0 < joins["student"][0]
    assert joins["both"] == (0, 0)


def test_world_refuses_more_sessions_than_tutors_can_teach(world_end: datetime) -> None:
    with pytest.raises(BadInput, match="more tutors"):
        make_world(1, 3, 30, 30, 300, world_end)
