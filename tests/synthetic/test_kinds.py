from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache

import polars as pl
import pytest

from core.contract import Session
from core.errors import BadInput
from synthetic.kinds import KINDS
from synthetic.ndjson import session_lines
from synthetic.world import World, make_world

Maker = Callable[[str], World]


@pytest.fixture(scope="module")
def world_of(world_end: datetime) -> Maker:
    return cache(lambda kind: make_world(7, 120, 900, 120, 1_000, world_end, kind=kind))


def chance_by(world: World, *keys: str | pl.Expr) -> pl.DataFrame:
    every = pl.concat([world.sessions, world.future]).filter(pl.col("version") == 1)
    slots = every.filter(pl.col("rescheduled_from").is_null()).with_columns(
        local=pl.col("scheduled_start").dt.convert_time_zone("America/Chicago")
    )
    told = slots.join(world.truth.sessions, on="session_id", suffix="_true")
    logit = (pl.col("reschedule_chance") / (1 - pl.col("reschedule_chance"))).log()
    return told.group_by(*keys).agg(pl.len(), logit=logit.mean(), logit_sd=logit.std())


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_world_passes_the_contract(world_of: Maker, kind: str) -> None:
    world = world_of(kind)
    sample = pl.concat([world.sessions, world.future]).gather_every(40)
    for line in session_lines(sample):
        assert not Session.model_validate_json(line).model_extra


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_share_all_other_draws(world_of: Maker, kind: str) -> None:
    base, other = world_of("base"), world_of(kind)
    assert other.truth.tutors["tutor_id"].equals(base.truth.tutors["tutor_id"])
    assert other.tutors["display_name"].equals(base.tutors["display_name"])
    shared = base.sessions.join(other.sessions, on=["tutor_id", "scheduled_start"], how="semi")
    assert shared.height > 0.4 * base.sessions.height
    assert base.sessions.equals(other.sessions) == (kind == "base")


def test_all_tutors_are_equal_in_the_null_world(world_of: Maker) -> None:
    truth = world_of("null").truth
    rates = ("reschedule_rate", "change_rate", "attendance_rate", "mean_rating", "poor_first_rate")
    latent = ("reliability", "reliability_at_end", "quality", "no_show", "first_session")
    for name in (*rates, *latent, "lateness", "change"):
        assert truth.tutors[name].max() == pytest.approx(truth.tutors[name].min(), abs=1e-9), name
    assert not truth.tutors["has_change_point"].any()
    assert (truth.tutor_days["reliability"] == 0).all()
    assert truth.tutors["reschedule_rate"][0] == pytest.approx(0.095, abs=0.015)


def test_sessions_still_differ_in_the_null_world(world_of: Maker) -> None:
    weekday = pl.col("local").dt.weekday()
    by_day = dict(chance_by(world_of("null"), weekday).select("local", "logit").iter_rows())
    assert by_day[5] - by_day[3] == pytest.approx(0.22, abs=0.03)


def test_tutors_have_days_of_their_own_with_interactions(world_of: Maker) -> None:
    def spread(kind: str) -> float:
        by_day = chance_by(world_of(kind), "tutor_id", pl.col("local").dt.weekday())
        within = by_day.filter(pl.col("len") > 20).group_by("tutor_id").agg(pl.col("logit").std())
        return float(within["logit"].mean())

    assert spread("interactions") > 1.8 * spread("base")


def test_hours_differ_by_subject_with_interactions(world_of: Maker) -> None:
    def spread(kind: str) -> float:
        hour = pl.col("local").dt.hour()
        cells = chance_by(world_of(kind), "time_zone", "subject", hour)
        here = cells.filter(pl.col("len") > 30, time_zone="America/Chicago")
        centred = pl.col("logit") - pl.col("logit").mean().over("subject")
        return float(here.select(centred.std()).item())

    assert spread("interactions") > 1.5 * spread("base")


def test_the_regime_shifts_half_way(world_of: Maker, world_end: datetime) -> None:
    half = world_end - timedelta(days=60)
    is_later = (pl.col("scheduled_start") > half).alias("is_later")
    weekday = pl.col("local").dt.weekday().alias("weekday")

    def friday_over_wednesday(kind: str, later: bool) -> float:
        told = chance_by(world_of(kind), is_later, weekday).filter(is_later=later)
        logit = dict(told.select("weekday", "logit").iter_rows())
        return float(logit[5] - logit[3])

    level = dict(chance_by(world_of("regime"), is_later).select("is_later", "logit").iter_rows())
    assert level[True] - level[False] > 0.3
    assert friday_over_wednesday("regime", False) > 0.15 > friday_over_wednesday("regime", True)
    assert friday_over_wednesday("base", True) > 0.15


def test_rates_after_a_shift_are_those_of_the_new_regime(world_of: Maker) -> None:
    before, after = (world_of(k).truth.tutors["reschedule_rate"] for k in ("base", "regime"))
    assert after.mean() > 1.25 * before.mean()


def test_a_season_is_a_shock_of_some_weeks(world_of: Maker, world_end: datetime) -> None:
    by_date = pl.col("scheduled_start").dt.date().alias("date")
    both = chance_by(world_of("season"), by_date).join(
        chance_by(world_of("base"), by_date), on="date", suffix="_base"
    )
    shocked = both.filter(pl.col("logit") - pl.col("logit_base") > 0.4)
    dates: list[date] = shocked["date"].sort().to_list()
    assert 14 <= len(dates) <= 36
    assert (dates[-1] - dates[0]).days < 40
    assert dates[-1] < world_end.date() - timedelta(days=10)


@pytest.fixture(scope="module")
def reported(world_of: Maker) -> pl.DataFrame:
    """What was told first and what is true, in one row."""
    told, true = (pl.concat([w.sessions, w.future]) for w in map(world_of, ("reporting", "base")))
    return told.filter(pl.col("version") == 1).join(true, on="session_id", suffix="_true")


def test_some_causes_are_told_wrongly_or_not_at_all(reported: pl.DataFrame) -> None:
    moved = reported.filter(pl.col("status") == "rescheduled")
    told, true = (
        moved[name].struct.field("initiator") for name in ("reschedule", "reschedule_true")
    )
    assert 0.05 < (told != true).mean() < 0.09
    assert 0.02 < told.is_null().mean() < 0.06
    assert true.null_count() == 0


def test_some_joins_and_leaves_are_missing(reported: pl.DataFrame) -> None:
    held = reported.filter(pl.col("status") == "completed")
    assert held["tutor_joined_at_true"].null_count() == 0
    assert 0.04 < held["tutor_joined_at"].is_null().mean() < 0.08
    assert 0.06 < held["tutor_left_at"].is_null().mean() < 0.10


def test_corrections_come_days_later_and_tell_the_truth(world_of: Maker) -> None:
    world, base = world_of("reporting"), world_of("base")
    every = pl.concat([world.sessions, world.future])
    second = every.filter(pl.col("version") == 2)
    first = every.filter(pl.col("version") == 1)
    both = second.join(first, on="session_id", suffix="_first")
    assert 0.02 < second.height / first.height < 0.04
    wait = (both["sent_at"] - both["sent_at_first"]).dt.total_hours()
    assert wait.min() >= 23 and wait.max() <= 10 * 24
    true = pl.concat([base.sessions, base.future]).join(second, on="session_id", how="semi")
    same = [name for name in second.columns if name not in ("version", "sent_at")]
    assert second.select(same).sort("session_id").equals(true.select(same).sort("session_id"))


def test_an_unknown_kind_names_those_there_are(world_end: datetime) -> None:
    with pytest.raises(BadInput, match="base, null, interactions"):
        make_world(1, 10, 30, 30, 20, world_end, kind="nonsense")
