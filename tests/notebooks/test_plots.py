"""Drawings that leave out what is not known, and labels that do not cover each other."""

from __future__ import annotations

import re
from datetime import date, timedelta

from notebooks import data
from notebooks.data import Reader, Row
from notebooks.plots import Mark, draw_scores


def _lanes(html: str) -> list[int]:
    return [int(lane) for lane in re.findall(r"--lane:(-?\d+)", html)]


def test_a_day_without_a_score_leaves_a_gap_and_the_drawing_begins_with_a_score(
    shown_set: Reader,
) -> None:
    history = data.score_history(shown_set, "T-1")
    unscored = {"score": None, "score_low": None, "score_high": None}
    holes: list[Row] = [row | (unscored if n in (0, 4) else {}) for n, row in enumerate(history)]
    html = draw_scores(holes, [Mark(holes[0]["score_date"], "too early to draw")], "")
    assert html.count('class="line"') == 2
    assert html.count("<title>") == 8
    assert "too early" not in html
    assert 'class="line" d="M0.00 ' in html


def test_labels_of_near_days_take_lanes_of_their_own(shown_set: Reader) -> None:
    history = data.score_history(shown_set, "T-1")
    near = [Mark(date(2026, 11, 14) + timedelta(days=n), f"phone call {n}") for n in range(3)]
    assert sorted(_lanes(draw_scores(history, near, ""))) == [0, 1, 2]
    far = [near[0], Mark(date(2026, 11, 19), "training")]
    assert _lanes(draw_scores(history, far, "")) == [0, 0]


def test_words_of_a_mark_cannot_become_html(shown_set: Reader) -> None:
    history = data.score_history(shown_set, "T-1")
    assert "<img" not in draw_scores(history, [Mark(date(2026, 11, 18), "<img src=x>")], "")
