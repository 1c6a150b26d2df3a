from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from synthetic.truth import write_truth
from synthetic.world import World, make_world

WEEK = timedelta(days=7)


def minutes(earlier: str, later: str) -> pl.Expr:
    return (pl.col(later) - pl.col(earlier)).dt.total_milliseconds() / 60_000


def initiated_by_tutor(name: str) -> pl.Expr:
    return pl.col(name).struct.field("initiator") == "tutor"


HELD = pl.col("status") == "completed"
NO_SHOW = pl.col("no_show_party").is_in(["tutor", "both"])
LATE = HELD & (minutes("scheduled_start", "tutor_joined_at") > 5)
EARLY = HELD & (minutes("tutor_left_at", "scheduled_end") > 10)
CHANGED = initiated_by_tutor("reschedule").fill_null(False) | initiated_by_tutor(
    "cancellation"
).fill_null(False)
POOR = HELD & (pl.col("satisfaction") < -1.45)
EVENTS = {
    "reschedule_chance": initiated_by_tutor("reschedule"),
    "tutor_cancel_chance": initiated_by_tutor("cancellation"),
    "tutor_no_show_chance": NO_SHOW,
    "late_start_chance": LATE,
    "early_end_chance": EARLY,
    "attendance_chance": NO_SHOW.fill_null(False) | LATE.fill_null(False) | EARLY.fill_null(False),
    "poor_chance": POOR,
    "ends_chance": pl.col("ends_engagement") & (pl.col("status") != "rescheduled"),
}


def happened(world: World) -> pl.DataFrame:
    """Every slot, told or not, with what is true of it; outages are nobody's to foresee."""
    every = pl.concat([world.sessions, world.future])
    told = every.join(world.truth.sessions, on="session_id", suffix="_true")
    return told.filter(~pl.col("is_in_outage"))


def deviation(slots: pl.DataFrame, event: pl.Expr, chance: str) -> float:
    """How many standard errors what happened is away from what was to be expected."""
    p = slots[chance]
    count = slots.select(event.fill_null(False).sum()).item()
    return float((count - p.sum()) / np.sqrt((p * (1 - p)).sum()))


@pytest.fixture(scope="module")
def slots(demo_world: World) -> pl.DataFrame:
    return happened(demo_world)


@pytest.mark.parametrize("chance", EVENTS)
def test_chances_come_true_as_often_as_they_say(slots: pl.DataFrame, chance: str) -> None:
    assert abs(deviation(slots, EVENTS[chance], chance)) < 4


@pytest.mark.parametrize("chance", EVENTS)
def test_the_riskiest_fifth_comes_true_as_often_as_it_says(
    slots: pl.DataFrame, chance: str
) -> None:
    risky = slots.filter(pl.col(chance) >= slots[chance].quantile(0.8))
    assert abs(deviation(risky, EVENTS[chance], chance)) < 4
    assert risky[chance].mean() > 1.2 * slots[chance].mean()


@pytest.mark.parametrize(
    "kind", ["null", "interactions", "regime", "season", "quiet-week", "bad-first-sessions"]
)
def test_chances_come_true_in_other_kinds_of_worlds_too(kind: str, world_end: datetime) -> None:
    slots = happened(make_world(11, 100, 800, 60, 800, world_end, kind=kind))
    apart = {chance: deviation(slots, event, chance) for chance, event in EVENTS.items()}
    assert {chance: z for chance, z in apart.items() if abs(z) > 4} == {}


def test_a_slot_that_stands_a_day_before_has_a_chance_of_its_own(slots: pl.DataFrame) -> None:
    changes = [pl.col(name).struct.field("requested_at") for name in ("reschedule", "cancellation")]
    notice = pl.col("scheduled_start") - pl.coalesce(changes)
    standing = slots.filter(notice.is_null() | (notice < timedelta(hours=24)))
    event = initiated_by_tutor("reschedule")
    assert abs(deviation(standing, event, "last_day_reschedule_chance")) < 4
    assert abs(deviation(standing, event, "reschedule_chance")) > 20


def test_true_rate_is_what_the_same_lessons_come_to(demo_world: World, world_end: datetime) -> None:
    every = happened(demo_world)
    near = pl.col("scheduled_start").is_between(world_end - WEEK, world_end + WEEK)
    lessons = every.filter(near, pl.col("rescheduled_from").is_null())
    told = lessons.join(demo_world.truth.tutors, on="tutor_id", suffix="_of_tutor")
    expected = told["reschedule_chance"].sum()
    assert told["reschedule_rate"].sum() == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize(
    ("rate", "event", "counted"),
    [
        ("change_rate", CHANGED, pl.col("rescheduled_from").is_null()),
        ("attendance_rate", EVENTS["attendance_chance"], HELD | NO_SHOW),
        ("poor_first_rate", POOR, HELD & pl.col("is_first_session_true")),
    ],
)
def test_true_rates_are_near_what_tutors_with_many_sessions_did(
    demo_world: World, slots: pl.DataFrame, rate: str, event: pl.Expr, counted: pl.Expr
) -> None:
    done = slots.filter(counted.fill_null(False)).group_by("tutor_id")
    seen = done.agg(pl.len(), seen=event.fill_null(False).mean())
    both = seen.filter(pl.col("len") >= 100).join(demo_world.truth.tutors, on="tutor_id")
    assert both.height > 40
    assert np.corrcoef(both["seen"], both[rate])[0, 1] > 0.8
    assert both["seen"].mean() == pytest.approx(both[rate].mean(), rel=0.12)


def test_true_mean_rating_is_that_of_all_sessions_not_of_those_rated(
    demo_world: World, slots: pl.DataFrame
) -> None:
    stars = 1 + sum(
        (pl.col("satisfaction") > limit).cast(int) for limit in (-1.8, -1.45, -1.15, -0.75)
    )
    held = slots.filter(HELD).with_columns(stars=stars)
    seen = held.group_by("tutor_id").agg(pl.len(), pl.col("stars", "student_rating").mean())
    both = seen.filter(pl.col("len") >= 200).join(demo_world.truth.tutors, on="tutor_id")
    assert (both["stars"] - both["mean_rating"]).abs().mean() < 0.1
    assert both["stars"].mean() == pytest.approx(both["mean_rating"].mean(), abs=0.05)


def test_days_of_a_tutor_show_the_change(demo_world: World) -> None:
    truth = demo_world.truth
    changed = truth.tutors.filter("has_change_point", pl.col("change") > 0)
    days = truth.tutor_days.join(changed, on="tutor_id", suffix="_of_tutor")
    day = pl.col("date") - pl.col("changed_on")
    around = days.filter(day.is_between(-timedelta(days=1), timedelta(days=0)))
    step = around.group_by("tutor_id").agg(pl.col("reliability").sort_by("date").diff().last())
    told = step.join(changed, on="tutor_id", suffix="_before")
    assert (told["reliability"] - told["change"]).abs().max() < 0.2
    assert days.filter(day.dt.total_days() == 0)["is_changed"].all()
    assert not days.filter(day.dt.total_days() == -1)["is_changed"].any()


def test_the_last_day_told_of_has_the_rate_of_the_tutor(
    demo_world: World, world_end: datetime
) -> None:
    truth = demo_world.truth
    last = truth.tutor_days.filter(pl.col("date") == world_end.date() - timedelta(days=1))
    both = last.join(truth.tutors, on="tutor_id", suffix="_of_tutor")
    assert both.height == truth.tutors.height
    assert (both["reschedule_rate"] - both["reschedule_rate_of_tutor"]).abs().max() < 1e-12


def test_who_leaves_teaches_no_more(demo_world: World, slots: pl.DataFrame) -> None:
    leaving = demo_world.truth.tutors.filter(pl.col("leaves_on").is_not_null())
    originals = slots.filter(pl.col("rescheduled_from").is_null())
    last = originals.group_by("tutor_id").agg(pl.col("scheduled_start").max().dt.date())
    told = last.join(leaving, on="tutor_id")
    assert 5 < told.height < 100
    assert (told["scheduled_start"] <= told["leaves_on"]).all()


def test_engagements_end_for_a_cause_and_go_on_with_another_tutor(demo_world: World) -> None:
    told = demo_world.truth.engagements
    assert told["engagement"].is_unique().all()
    assert told.filter(pl.col("ended_at").is_null() != pl.col("end_cause").is_null()).is_empty()
    after = told.join(told, left_on="replaced_by", right_on="engagement", suffix="_next")
    assert after.height > 1_000
    assert (after["student_id"] == after["student_id_next"]).all()
    assert (after["started_at_next"] > after["ended_at"]).all()
    assert (after["replaced_by_tutor_id"] == after["tutor_id_next"]).all()
    assert (after["tutor_id"] != after["tutor_id_next"]).all()


def test_truth_is_written_apart(small_world: World, tmp_path: Path) -> None:
    write_truth(small_world.truth, tmp_path / "truth")
    for table in fields(small_world.truth):
        written = pl.read_parquet(tmp_path / "truth" / f"{table.name}.parquet")
        assert written.equals(getattr(small_world.truth, table.name))
        assert written.width > 5
    seen = set(small_world.sessions.columns) | set(small_world.tutors.columns)
    assert seen & set(small_world.truth.tutors.columns) == {"tutor_id"}


def test_truth_tells_of_every_slot_once(small_world: World) -> None:
    ids = pl.concat([small_world.sessions, small_world.future])["session_id"]
    assert small_world.truth.sessions["session_id"].sort().equals(ids.sort())
