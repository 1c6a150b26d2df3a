"""Drawings that leave out what is not known, and labels that do not cover each other."""

from __future__ import annotations

import re
from datetime import date, timedelta

from notebooks.plots import Mark, Point, draw_days


def _lanes(html: str) -> list[int]:
    return [int(lane) for lane in re.findall(r"--lane:(-?\d+)", html)]


DAYS = [
    Point(date(2026, 11, 13) + timedelta(days=n), 41.0 + n, 35.0 + n, 47.0 + n, f"day {n}")
    for n in range(10)
]


def test_a_day_without_a_value_leaves_a_gap_and_the_drawing_begins_with_a_value() -> None:
    holes = [Point(one.day, None) if n in (0, 4) else one for n, one in enumerate(DAYS)]
    html = draw_days(holes, [Mark(holes[0].day, "too early to draw")], "")
    assert html.count('class="line"') == 2
    assert html.count("<title>") == 8
    assert "too early" not in html
    assert 'class="line" d="M0.00 ' in html


def test_labels_of_near_days_take_lanes_of_their_own() -> None:
    near = [Mark(date(2026, 11, 14) + timedelta(days=n), f"phone call {n}") for n in range(3)]
    assert sorted(_lanes(draw_days(DAYS, near, ""))) == [0, 1, 2]
    far = [near[0], Mark(date(2026, 11, 19), "training")]
    assert _lanes(draw_days(DAYS, far, "")) == [0, 0]


def test_heights_are_round_and_hold_all_intervals_however_near_they_are() -> None:
    rates = [Point(one.day, 1.2, 0.9, 1.6) for one in DAYS]
    heights = re.findall(r'class="y"[^>]*>([^<]+)<', draw_days(rates, [], "", " %"))
    assert heights == ["0.5 %", "1 %", "1.5 %", "2 %"]


def test_no_height_is_above_a_hundred_percent_for_a_hair_of_rounding() -> None:
    rates = [Point(one.day, 100 * 1.0000000000000002, 9.0, 100.0) for one in DAYS]
    heights = re.findall(r'class="y"[^>]*>([^<]+)<', draw_days(rates, [], "", " %"))
    assert heights == ["0 %", "50 %", "100 %"]


def test_words_of_a_mark_cannot_become_html() -> None:
    assert "<img" not in draw_days(DAYS, [Mark(date(2026, 11, 18), "<img src=x>")], "")
