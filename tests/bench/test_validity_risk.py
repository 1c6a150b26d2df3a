"""Risks are judged on the ledger's slots, by what was known a day before them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from bench.validity_history import slots_with_history
from bench.validity_risk import risk_table
from bench.validity_risk_figures import calibration_slope, gap_closed
from bench.validity_tables import Tables
from bench.validity_world import AS_OF_DATE, END, Warehouse
from synthetic.world import World, make_world


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(77, tutors=30, students=150, days=120, sessions_per_day=40, end=END)


def write_ledger(path: Path, told: pl.DataFrame) -> None:
    """Writes a warehouse with nothing but a ledger of reschedules."""
    rows = told.select(
        "session_id",
        pl.lit("reschedule").alias("kind"),
        "probability",
        pl.lit(0.1).alias("base_probability"),
        "outcome",
    )
    with duckdb.connect(str(path)) as connection:
        connection.register("told", rows.to_arrow())
        connection.execute("create schema marts; create table marts.fct_predictions as from told")


@pytest.fixture(scope="module")
def no_ledger(world: World, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    path = tmp_path_factory.mktemp("none") / "warehouse.duckdb"
    duckdb.connect(str(path)).close()
    return Tables({"risks": risk_table(world, Warehouse(path))}, {})


@pytest.fixture(scope="module")
def true_ledger(world: World, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """A ledger that told every slot its true chance."""
    path = tmp_path_factory.mktemp("true") / "warehouse.duckdb"
    slots = slots_with_history(world).join(world.truth.sessions, on="session_id", suffix="_true")
    told = slots.with_columns(probability=pl.col("reschedule_chance"), outcome=pl.col("is_moved"))
    write_ledger(path, told)
    return Tables({"risks": risk_table(world, Warehouse(path))}, {})


def test_without_a_ledger_the_others_are_told_and_ours_is_missing(no_ledger: Tables) -> None:
    closed = gap_closed(no_ledger)
    assert set(closed) == {"naive", "naive_90_days", "lightgbm", "platform", "oracle"}
    assert (closed["naive"], closed["oracle"]) == (0, 100)
    assert no_ledger["risks"]["kind"].n_unique() == 3


def test_a_ledger_that_tells_the_truth_closes_the_gap(true_ledger: Tables) -> None:
    assert gap_closed(true_ledger)["ours"] == pytest.approx(100)
    slope = calibration_slope(true_ledger)
    assert slope["ours"] == pytest.approx(slope["oracle"])


def test_the_last_slots_are_judged(no_ledger: Tables) -> None:
    days = no_ledger["risks"].filter(pl.col("kind") == "reschedule")["session_date"]
    assert days.max() == AS_OF_DATE
    assert AS_OF_DATE - timedelta(days=45) < min(days) < AS_OF_DATE - timedelta(days=25)


def test_history_holds_nothing_that_was_not_known_a_day_before(world: World) -> None:
    last = AS_OF_DATE - timedelta(days=40)
    is_known = pl.col("sent_at").dt.date() < last
    cut_off = World(world.tutors, world.sessions.filter(is_known), world.future, world.truth)
    early = slots_with_history(cut_off).filter(pl.col("session_date") < last - timedelta(days=2))
    columns = [name for name in early.columns if name.startswith(("tutor_all", "pair_"))]
    both = early.select("session_id", *columns).join(
        slots_with_history(world).select("session_id", *columns), on="session_id", suffix="_whole"
    )
    assert both.height > 1_000
    for name in columns:
        assert both[name].to_list() == pytest.approx(both[f"{name}_whole"].to_list())


def test_history_counts_what_was_over_and_told_by_then(world: World) -> None:
    slots = slots_with_history(world)
    one = slots.filter(pl.col("tutor_id") == "t-00003").sort("scheduled_start")
    last = one.row(-1, named=True)
    before = one.filter(pl.col("known_day") < last["asked_day"])
    assert last["tutor_all_slots"] == pytest.approx(before.height)
    assert last["tutor_all_moved"] == pytest.approx(before["moved"].sum())


def test_the_oracle_is_asked_about_what_the_ledger_counts(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("counted") / "warehouse.duckdb"
    by_tutor = pl.col("cancellation").struct.field("initiator").eq("tutor").fill_null(False)
    slots = slots_with_history(world).with_columns(outcome=pl.col("is_moved") | by_tutor)
    counted = slots.filter(pl.col("outcome") | (pl.col("status") == "completed"))
    write_ledger(path, counted.with_columns(probability=pl.lit(0.1)))
    risks = risk_table(world, Warehouse(path)).filter(pl.col("kind") == "reschedule")
    gap = risks["oracle"].to_numpy().mean() - risks["happened"].to_numpy().mean()
    assert abs(gap) < 0.012
    assert set(risks["session_id"]) <= set(counted["session_id"])
