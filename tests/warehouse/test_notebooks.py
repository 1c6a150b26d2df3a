"""The analysts' notebooks run unedited, and say what the dashboard and the marts say."""

from __future__ import annotations

import importlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import marimo
import pytest

from core.errors import MartsNotPublished, NotFound
from flows.publish import publish_marts
from notebooks import data
from notebooks.client import Client, open_client
from notebooks.data import Reader
from notebooks.shelf import QUESTIONS
from tests.warehouse.conftest import TinyWarehouse
from tests.warehouse.tiny_world import AS_OF


def _publish(warehouse: TinyWarehouse, folder: Path) -> None:
    copied = warehouse.copy_to(folder / "warehouse")
    publish_marts(copied.path, folder / "marts", ingest_seq=1, as_of=AS_OF, now=AS_OF)


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WORKBENCH_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def published(full_warehouse: TinyWarehouse, data_dir: Path) -> Client:
    _publish(full_warehouse, data_dir)
    return open_client()


def _run(name: str) -> dict[str, Any]:
    """Returns what the notebook defines, after it has run from top to bottom."""
    app: marimo.App = importlib.import_module(f"notebooks.{name}").app
    return dict(app.run()[1])


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_notebook_runs_unedited(published: Client, name: str) -> None:
    assert published.number == 1 and _run(name)


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_notebook_runs_before_anything_has_come(
    empty_warehouse: TinyWarehouse, data_dir: Path, name: str
) -> None:
    _publish(empty_warehouse, data_dir)
    assert isinstance(_run(name), dict)


def test_the_list_is_the_dashboards_in_the_same_order(published: Client, data_dir: Path) -> None:
    reader = Reader(data.open_marts(data_dir / "marts"), published.number)
    shown = [(row["tutor_id"], row["score"]) for row in data.needs_attention(reader)]
    assert shown and published.needs_attention().select("tutor_id", "score").rows() == shown


def test_a_receipt_is_the_dashboards_and_adds_up(published: Client, data_dir: Path) -> None:
    reader = Reader(data.open_marts(data_dir / "marts"), published.number)
    shown = data.tutor(reader, "t-bad")
    assert shown is not None
    told = _run("tutor")
    assert told["tutor"].value == "t-bad" == published.tutors()["tutor_id"][0]
    assert sorted(told["parts"]["points"]) == sorted(part["points"] for part in shown["components"])
    assert shown["baseline"] + sum(told["parts"]["points"]) == shown["score"]
    assert told["days"]["score"][-1] == shown["score"]


def test_an_untouched_what_if_moves_nobody_and_has_the_dashboards_flags(published: Client) -> None:
    told = _run("what_if")
    counts = told["moved_counts"].row(0, named=True)
    flags = published.flags().filter(published.flags()["is_open"])
    assert (counts["enter"], counts["leave"], counts["flags_now"]) == (0, 0, len(flags))
    assert counts["false_expected_now"] == pytest.approx(float((1 - flags["probability"]).sum()))
    scores = told["rescored"].select("tutor_id", "what_if_score").sort("tutor_id").rows()
    cards = published.tutors().drop_nulls("score").sort("tutor_id")
    assert scores == cards.select("tutor_id", "score").rows()


def test_first_sessions_and_gaps_are_counted_as_the_marts_count_them(published: Client) -> None:
    days = published.platform_days()
    told = _run("data_quality")
    gaps = {row["kind"]: row for row in told["lacking"].to_dicts()}
    rated = gaps["no rating by the student"]
    assert rated["sessions"] == days["completed_count"].sum()
    assert rated["sessions"] - rated["missing"] == days["rating_count"].sum()


def test_a_cohort_begins_with_everybody_and_no_week_is_told_before_it_is_over(
    published: Client,
) -> None:
    weeks = published.retention("tutors", "all")
    first = weeks.row(0, named=True)
    assert (first["week_number"], first["came_rate"]) == (0, 1.0)
    assert first["came_rate_low"] < 1 and first["person_count"] == first["came_count"]
    assert weeks["person_count"].is_sorted(descending=True)


def test_a_client_stays_with_its_set_and_every_frame_names_it(
    full_warehouse: TinyWarehouse, published: Client, data_dir: Path
) -> None:
    copied = TinyWarehouse(data_dir / "warehouse", full_warehouse.lake_dir)
    publish_marts(copied.path, data_dir / "marts", ingest_seq=2, as_of=AS_OF, now=AS_OF)
    assert open_client().number == 2
    frames = [published.needs_attention(), open_client(1).sessions(), published.scores()]
    for frame in frames:
        assert set(frame["published_set"]) == {1} and set(frame["as_of"]) == {AS_OF}


def test_history_is_read_as_of_a_day(published: Client) -> None:
    (flag,) = published.flags().filter(published.flags()["is_open"]).to_dicts()
    before = flag["opened_on"] - timedelta(days=1)
    assert published.flags(as_of=flag["opened_on"])["flag_id"].to_list() == [flag["flag_id"]]
    assert published.flags(as_of=before).is_empty()
    assert set(published.scores(as_of=before)["score_date"]) == {before}


def test_nothing_can_be_written(published: Client) -> None:
    with pytest.raises(Exception, match="read-only"):
        published.sql("delete from fct_flags returning *")


def test_a_set_that_is_gone_and_no_set_at_all_are_told(published: Client, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="Set 7 is not kept any more; the newest is 1"):
        open_client(7)
    with pytest.raises(MartsNotPublished):
        open_client(marts_dir=tmp_path / "none")


def test_the_old_name_of_the_client_leads_to_it(published: Client) -> None:
    assert data.open_client is open_client and data.Client is Client
    assert json.loads(published.freshness().write_json())[0]["published_set"] == 1
