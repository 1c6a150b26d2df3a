"""The analysts' notebook of the validity run starts unedited, with results and without."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from notebooks import validity


def test_it_starts_unedited_and_offers_a_run() -> None:
    _, shown = validity.app.run()
    assert not shown["small_run"].value
    assert shown["has_results"] is (validity.RESULTS / "figures.json").exists()


def test_figures_of_a_run_are_read_by_rule(tmp_path: Path) -> None:
    line = {"metric": "coverage", "kind": "base", "unit": "%", "goal": "88-92", "worlds": 5}
    rules = {"ours": {"mean": 90.0}, "naive": {"mean": 78.0}}
    (tmp_path / "figures.json").write_text(json.dumps([line | {"rules": rules}]))
    assert validity.read_figures(tmp_path).row(0, named=True)["naive"] == 78.0


def test_pictures_of_a_run_are_drawn_and_say_that_they_are_synthetic(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    points = {"rule": ["ours"], "false_share": [0.1], "power": [0.4], "is_used": [True]}
    pl.DataFrame(points).write_parquet(tmp_path / "pictures" / "power.parquet")
    told = validity.read_table("power", tmp_path)
    assert told["rule"].to_list() == ["the workbench"]
    assert "synthetic" in json.dumps(validity.draw_power(told).to_dict())
