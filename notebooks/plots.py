"""Small drawings that stand in the flow of a page: words keep their size at any width.

Lines are an SVG that is stretched to the place there is; every word over it is HTML. A plot is one
image to a screen reader, told by its label, with a table beside it for each value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import dropwhile, groupby

from markupsafe import Markup

from notebooks import text_tutor
from notebooks.components import joined
from notebooks.data import Row

_LANES = 4
_STEPS = (0.5, 1, 2, 5, 10, 20, 50)
_LETTER = 2.0  # percent of the width that a letter takes on a small phone
Scale = Callable[[float], float]


@dataclass(frozen=True)
class Mark:
    """What happened on a day, in a few words."""

    day: date
    words: str


@dataclass(frozen=True)
class Point:
    """One day's value with the ends of its interval, or None when there is none, and its words."""

    day: date
    value: float | None
    low: float | None = None
    high: float | None = None
    words: str = ""


def draw_days(points: list[Point], marks: Sequence[Mark], label: str, unit: str = "") -> Markup:
    """Returns a value by day with its 90 % band; `marks` are labelled rules over it.

    A day without a value leaves a gap; the drawing begins with the first that has one. Marks of
    other days are not drawn.
    """
    points = list(dropwhile(lambda point: point.value is None, points))
    first, last = points[0].day, points[-1].day
    known = [point for point in points if point.value is not None]
    low, high, ticks = _ends([end for one in known for end in (one.low, one.high, one.value)])
    across = scale(0, max(1, (last - first).days))
    up = scale(high, low)
    x = {point.day: across((point.day - first).days) for point in points}
    lanes, labels = _marks([mark for mark in marks if mark.day in x], x)
    return plot(
        label,
        joined(_segment(run, x, up) for run in _runs(points)) + _days(known, x),
        _heights(ticks, up, unit) + _months(first, last, across) + labels,
        lanes=lanes,
    )


def draw_peers(scores: list[Row], band: Row, name: str, label: str) -> Markup:
    """Returns similar tutors as dots, score over sessions, in the band of eight in ten of them.

    Only the tutor whose row `is_own` is named.
    """
    low, high, ticks = _ends([row["score"] for row in scores])
    up = scale(high, low)
    across = scale(0, 1.1 * max(row["session_count"] for row in scores))
    own = [row for row in scores if row["is_own"]]
    ends = [up(band[end]) for end in ("score_p90", "score_p50", "score_p10")]
    return plot(
        label,
        Markup(
            '<path class="band" d="M0 {:.1f}H100V{:.1f}H0Z"/><path class="mid" d="M0 {:.1f}H100"/>'
        ).format(ends[0], ends[2], ends[1])
        + joined(_dot(row, across, up) for row in [*(r for r in scores if not r["is_own"]), *own]),
        _heights(ticks, up) + joined(_name(row, across, up, name) for row in own),
        under="Sessions counted →",
    )


def scale(start: float, end: float) -> Scale:
    """Returns a function from values to percent of the way from `start` to `end`."""
    return lambda value: 100 * (float(value) - start) / ((end - start) or 1)


def plot(label: str, lines: Markup, words: Markup, *, lanes: int = 0, under: str = "") -> Markup:
    """Returns a drawing of a hundred by a hundred with words over it, as one image."""
    return Markup(
        '<div class="plot" role="img" aria-label="{}" style="--lanes:{}">'
        '<svg viewBox="0 0 100 100" preserveAspectRatio="none">{}</svg>{}{}</div>'
    ).format(
        label,
        lanes,
        lines,
        words,
        Markup('<span class="under">{}</span>').format(under) if under else "",
    )


def _ends(values: Sequence[float | None]) -> tuple[float, float, list[float]]:
    known = [round(float(value), 6) for value in values if value is not None]  # 100 % is no more
    lowest, highest = min(known), max(known)
    step = next((step for step in _STEPS if highest - lowest <= 4 * step), _STEPS[-1])
    low, high = lowest // step * step, -(-highest // step) * step
    high = max(high, low + step)
    return low, high, [low + step * n for n in range(round((high - low) / step) + 1)]


def _runs(points: list[Point]) -> list[list[Point]]:
    by_state = groupby(points, key=lambda point: point.value is not None)
    return [list(run) for is_known, run in by_state if is_known]


def _segment(run: list[Point], x: dict[date, float], up: Scale) -> Markup:
    def path(ends: Sequence[tuple[date, float | None]]) -> str:
        return "L".join(f"{x[day]:.2f} {up(end or 0):.2f}" for day, end in ends)

    high = path([(point.day, point.high) for point in run])
    low = path([(point.day, point.low) for point in run[::-1]])
    return Markup('<path class="band" d="M{}L{}Z"/><path class="line" d="M{}h0"/>').format(
        high, low, path([(point.day, point.value) for point in run])
    )


def _days(known: list[Point], x: dict[date, float]) -> Markup:
    width = 100 / max(1, len(x))
    return joined(
        Markup('<rect x="{:.2f}" width="{:.2f}" height="100"><title>{}</title></rect>').format(
            x[point.day] - width / 2, width, point.words
        )
        for point in known
    )


def _heights(ticks: list[float], up: Scale, unit: str = "") -> Markup:
    return joined(
        Markup('<span class="y" style="top:{:.1f}%">{:g}{}</span>').format(up(tick), tick, unit)
        for tick in ticks
    )


def _months(first: date, last: date, across: Scale) -> Markup:
    months = range(first.year * 12 + first.month, last.year * 12 + last.month)
    days = [date(month // 12, month % 12 + 1, 1) for month in months]
    named = [(day, f"{day:%b %Y}" if day.month == 1 else f"{day:%b}") for day in days]
    if len(named) < 2:
        named = [(day, text_tutor.short_day(day)) for day in (first, last)]
    return joined(
        Markup(
            '<span class="x" style="left:{0:.1f}%;transform:translateX(-{0:.0f}%)">{1}</span>'
        ).format(across((day - first).days), words)
        for day, words in named
    )


def _marks(marks: list[Mark], x: dict[date, float]) -> tuple[int, Markup]:
    """Returns how many lanes the labels need so that none covers another, and the labels."""
    free = [0.0] * _LANES
    drawn, lanes = [], 0
    for mark in sorted(marks, key=lambda mark: mark.day):
        at, width = x[mark.day], _LETTER * len(mark.words)
        turns = at + width > 100
        start = max(0.0, at - width) if turns else at
        lane = next((lane for lane in range(_LANES) if free[lane] <= start), None)
        if lane is not None:
            free[lane] = max(at, start + width)
            lanes = max(lanes, lane + 1)
        drawn.append(_mark(mark, at, lane, turns))
    return lanes, joined(drawn)


def _mark(mark: Mark, at: float, lane: int | None, turns: bool) -> Markup:
    side = f"right:{100 - at:.1f}%" if turns else f"left:{at:.1f}%"
    return Markup('<span class="mark{}" style="{};--lane:{}"><b>{}</b></span>').format(
        " turns" if turns else "",
        side,
        -1 if lane is None else lane,
        "" if lane is None else mark.words,
    )


def _dot(row: Row, across: Scale, up: Scale) -> Markup:
    return Markup('<path class="dot{}" d="M{:.1f} {:.1f}h0"/>').format(
        " own" if row["is_own"] else "", across(row["session_count"]), up(row["score"])
    )


def _name(row: Row, across: Scale, up: Scale, name: str) -> Markup:
    at, turns = across(row["session_count"]), across(row["session_count"]) > 50
    side = f"right:{100 - at:.1f}%" if turns else f"left:{at:.1f}%"
    return Markup('<span class="name" style="{};top:{:.1f}%">{}</span>').format(
        side, up(row["score"]), name
    )
