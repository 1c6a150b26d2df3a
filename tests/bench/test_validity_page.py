"""Figures of several worlds become lines, and lines the block of the page."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import polars as pl
import pytest

from bench.validity_drawings import draw_pictures
from bench.validity_measures import Measure
from bench.validity_page import BEGIN, END, is_met, write_page
from bench.validity_summary import summarise
from bench.validity_tables import Tables


def world(shares: dict[str, float]) -> Tables:
    return Tables({"shares": pl.DataFrame([shares])}, {})


def figures(tables: Tables) -> dict[str, float]:
    return dict(zip(("ours", "naive"), tables["shares"].row(0), strict=True))


ERROR = Measure("error_share", "%", "<= 6", figures)


def test_a_line_has_the_mean_and_the_range_of_worlds() -> None:
    worlds = {"base": {"a": world({"o": 2, "n": 20}), "b": world({"o": 4, "n": np.nan})}}
    [line] = summarise([ERROR], worlds)
    ours, naive = line.rules["ours"], line.rules["naive"]
    assert (ours.mean, ours.low, ours.high, naive.mean) == (3, 2, 4, 20)
    assert line.facts["naive"] == 20
    assert line.facts["range"] == [2, 4]


def test_what_no_model_makes_yet_is_said_and_nothing_fails() -> None:
    [line] = summarise([ERROR], {"base": {"a": Tables({}, {"shares": "no such table"})}})
    assert (line.rules, line.why_missing) == ({}, "no such table")


@pytest.mark.parametrize(
    ("goal", "value", "met"),
    [
        ("<= 6", 6.0, True),
        (">= 0.40", 0.39, False),
        ("88-92", 92.1, False),
        ("0.95-1.05", 1.0, True),
        ("measure", 1.0, None),
    ],
)
def test_goals_are_read(goal: str, value: float, met: bool | None) -> None:
    assert is_met(goal, value) is met


def test_only_the_marked_block_of_the_page_is_written_anew(tmp_path: Path) -> None:
    page = tmp_path / "validity.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    lines = list(summarise([ERROR], {"base": {"a": world({"o": 2, "n": 20})}}))
    for _ in range(2):
        write_page(lines, "python -m bench.validity", page)
    text = page.read_text()
    assert text.startswith("before\n") and text.endswith("after\n") and "old" not in text
    assert text.count("| error share, % | <= 6 | **2** (2 to 2) | yes | 20 |") == 1


def test_the_page_says_what_falls_short_and_what_the_oracle_misses_too(tmp_path: Path) -> None:
    page = tmp_path / "validity.md"
    page.write_text(f"{BEGIN}\n{END}\n")
    worse = Measure("flags", "%", "<= 6", lambda _: {"ours": 9.0, "oracle": 7.0})
    write_page(list(summarise([worse, ERROR], {"base": {"a": Tables({}, {})}})), "", page)
    text = page.read_text()
    assert "**What falls short:** flags 9 (<= 6), which the oracle misses too, with 7." in text
    assert "**Not there yet:** error share." in text


def pictures() -> dict[str, pl.DataFrame]:
    """Returns tables of the least size that can be drawn."""
    tutors: dict[str, list[object]] = {
        "session_count": [20, 90],
        "naive_rate": [0.3, 0.1],
        "is_bad": [True, False],
        "is_flagged": [False, False],
        "is_naive_flagged": [True, False],
    }
    told = {"rule": ["ours", "naive"], "told": [0.1, 0.2], "happened": [0.1, 0.3]}
    shares = {"rule": ["ours", "naive"], "false_share": [0.05, 0.3], "power": [0.4, 0.7]}
    counts = {"rule": ["ours", "naive"], "right": [50, 90], "wrong": [2, 40], "missed": [80, 40]}
    return {
        "reliability": pl.DataFrame(told),
        "funnel": pl.DataFrame(tutors),
        "power": pl.DataFrame(shares | {"is_used": [True, False]}),
        "rules": pl.DataFrame(counts),
    }


def test_every_picture_is_whole_and_says_that_its_data_are_synthetic() -> None:
    drawn = draw_pictures(pictures())
    assert set(drawn) == {"reliability", "funnel", "power", "rules"}
    for svg in drawn.values():
        words = ElementTree.fromstring(svg).itertext()
        assert "synthetic data" in [word.strip() for word in words]


def test_flags_are_rings_in_the_funnel() -> None:
    assert draw_pictures(pictures())["funnel"].count("stroke-width='1.3'") == 1
