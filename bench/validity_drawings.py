"""The pictures of the validity page, drawn from the tables of `validity_pictures`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from bench.validity_svg import Axis, Panel, Picture, Point

COLOURS = {
    "ours": "#1f6feb",
    "naive": "#c2410c",
    "naive_90_days": "#d97706",
    "lightgbm": "#7c3aed",
    "oracle": "#6b7280",
}
NAMES = {
    "ours": "the workbench",
    "naive": "raw rate",
    "naive_90_days": "raw rate of 90 days",
    "lightgbm": "LightGBM",
    "oracle": "oracle",
}
_FAINT, _GOOD, _BAD = "#b6bec7", "#57606a", "#dc2626"
_MOST_SESSIONS = 300


def draw_pictures(tables: Mapping[str, pl.DataFrame]) -> dict[str, str]:
    """Returns the SVG files by name."""
    drawings = {
        "reliability": draw_reliability,
        "funnel": draw_funnel,
        "power": draw_power,
        "rules": draw_rules,
    }
    return {name: draw(tables[name]).svg() for name, draw in drawings.items()}


def draw_reliability(points: pl.DataFrame) -> Picture:
    """Returns one panel per rule: risk told against share moved, in fifteen bins of equal size."""
    rules = [rule for rule in NAMES if rule in set(points["rule"])]
    picture = Picture(60 + 230 * len(rules), 330, "Risk told a day ahead, and what happened")
    ticks = [0, 10, 20, 30, 40]
    for number, rule in enumerate(rules):
        box = (60.0 + 230 * number, 90.0, 190.0, 180.0)
        x = Axis(0, 45, ticks, "told", " %")
        panel = Panel(picture, box, x, Axis(0, 45, ticks, "moved by the tutor", " %"))
        panel.draw_axes(NAMES[rule])
        panel.draw_line([(0, 0), (45, 45)], _FAINT, "stroke-dasharray='4 4'")
        bins = points.filter(pl.col("rule") == rule).select(
            pl.col("told") * 100, pl.col("happened") * 100
        )
        panel.draw_line(bins.rows(), COLOURS[rule])
        panel.draw_points(bins.rows(), COLOURS[rule])
    return picture


def draw_funnel(tutors: pl.DataFrame) -> Picture:
    """Returns two panels of the same tutors: whom the raw rule flags, and whom we do."""
    picture = Picture(900, 440, "Tutors by sessions and raw rate; rings are flags")
    shown = tutors.filter(pl.col("session_count") <= _MOST_SESSIONS)
    flags = {"naive": "is_naive_flagged", "ours": "is_flagged"}
    platform = float((tutors["naive_rate"] * tutors["session_count"]).sum())
    platform /= float(tutors["session_count"].sum())
    for number, (rule, flag) in enumerate(flags.items()):
        x = Axis(0, _MOST_SESSIONS, [0, 100, 200, 300], "sessions told of")
        y = Axis(0, 60, [0, 15, 30, 45, 60], "moved by the tutor", " %")
        panel = Panel(picture, (60.0 + 430 * number, 90.0, 370.0, 260.0), x, y)
        panel.draw_axes(
            {"naive": "Raw rule: over 15 %, from 10 sessions", "ours": "The workbench"}[rule]
        )
        for limit in _funnel(platform):
            panel.draw_line(limit, _FAINT)
        for is_bad, colour in ((False, _GOOD), (True, _BAD)):
            group = shown.filter(pl.col("is_bad") == is_bad)
            panel.draw_points(_places(group), colour, 2.5, "fill-opacity='0.75'")
        ring = "fill-opacity='0' stroke='#111827' stroke-width='1.3'"
        panel.draw_points(_places(shown.filter(flag)), "none", 5.5, ring)
    picture.write(60, 420, "true rate over 15 %", 12, _BAD)
    picture.write(200, 420, "15 % or less", 12, _GOOD)
    picture.write(320, 420, "lines: where 90 % and 99.8 % of equal tutors would lie", 12)
    return picture


def _places(tutors: pl.DataFrame) -> list[Point]:
    return tutors.select(
        pl.col("session_count").cast(pl.Float64), pl.col("naive_rate") * 100
    ).rows()


def _funnel(rate: float) -> list[list[Point]]:
    sessions = np.arange(5, _MOST_SESSIONS + 1)
    spread = np.sqrt(rate * (1 - rate) / sessions)
    return [
        [(float(n), float(100 * value)) for n, value in zip(sessions, limit, strict=True)]
        for limit in (rate + z * spread for z in (-3.09, -1.645, 1.645, 3.09))
        if limit.max() > 0
    ]


def draw_power(points: pl.DataFrame) -> Picture:
    """Returns power against wrong flags along every limit; large dots are the rules in use."""
    picture = Picture(640, 440, "How many are found, at how many wrong flags")
    x = Axis(0, 50, [0, 10, 20, 30, 40, 50], "wrong, of all flags", " %")
    y = Axis(0, 100, [0, 20, 40, 60, 80, 100], "found, of tutors truly over 15 %", " %")
    panel = Panel(picture, (70.0, 80.0, 500.0, 290.0), x, y)
    panel.draw_axes()
    panel.draw_line([(6, 0), (6, 100)], _FAINT, "stroke-dasharray='4 4'")
    panel.draw_line([(0, 40), (50, 40)], _FAINT, "stroke-dasharray='4 4'")
    percent = points.with_columns(pl.col("false_share") * 100, pl.col("power") * 100)
    for rule in ("naive", "ours", "oracle"):
        curve = percent.filter(pl.col("rule") == rule, ~pl.col("is_used")).sort("power")
        panel.draw_line(curve.select("false_share", "power").rows(), COLOURS[rule])
    for rule, share, power in (
        percent.filter("is_used").select("rule", "false_share", "power").iter_rows()
    ):
        panel.draw_points([(share, power)], COLOURS[rule], 6)
        above = 6.0 if rule == "naive" else 0.0  # else it would lie under its neighbour
        panel.name_point((share, power + above), NAMES[rule], COLOURS[rule])
    picture.write(70, 425, "dashed: the goals, at most 6 % wrong and at least 40 % found", 12)
    return picture


def draw_rules(counts: pl.DataFrame) -> Picture:
    """Returns a bar for each rule: right flags, wrong flags, and tutors it misses, in a world."""
    picture = Picture(760, 90 + 46 * counts.height, "Flags in one world, on average")
    most = max(sum(row[1:]) for row in counts.iter_rows())
    for number, (rule, *parts) in enumerate(counts.iter_rows()):
        top, left = 56 + 46 * number, 190.0
        picture.write(16, top + 20, NAMES[rule], 13)
        styles = ((COLOURS["ours"], "right"), (_BAD, "wrong"), ("#e5e7eb", "missed"))
        for count, (colour, word) in zip(parts, styles, strict=True):
            width = 540 * count / most
            box = f"x='{left:.1f}' y='{top}' width='{width:.1f}' height='28' fill='{colour}'"
            picture.add(f"<rect {box}/>")
            ink = "#24292f" if word == "missed" else "#ffffff"
            told = f"{count:.0f} {word}" if width > 58 else f"{count:.0f}" if width > 12 else ""
            picture.write(left + 4, top + 19, told, 12, ink)
            left += width
    return picture
