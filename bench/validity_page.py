"""The validity page: its figures and pictures, written anew after a run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from math import isnan
from pathlib import Path

import polars as pl

from bench.validity_drawings import draw_pictures
from bench.validity_summary import Line, Spread

_ROOT = Path(__file__).resolve().parents[1]
PAGE, IMAGES = _ROOT / "docs" / "validity.md", _ROOT / "docs" / "images"
BEGIN = "<!-- figures, written by python -m bench.validity --write-docs -->"
END = "<!-- end of figures -->"
_BESIDE = ("naive", "lightgbm", "oracle")
_MAIN_KINDS = ("base", "null")
_ENOUGH_WRONG_FLAGS = 50
"""With fewer, nothing can be said about whom they fall on."""


def write_page(lines: Sequence[Line], command: str, page: Path = PAGE) -> None:
    """Puts the figures between the marks of the page; all else stays as it is."""
    block = "\n".join([BEGIN, *_block(lines, command), END])
    text = page.read_text()
    page.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: block, text, flags=re.DOTALL))


def write_images(pictures: Mapping[str, pl.DataFrame]) -> None:
    """Draws the pictures anew that the page shows."""
    for name, svg in draw_pictures(pictures).items():
        (IMAGES / f"validity-{name}.svg").write_text(svg)


def _block(lines: Sequence[Line], command: str) -> Iterator[str]:
    main = [line for line in lines if line.kind in _MAIN_KINDS]
    counts = {line.kind: line.worlds for line in lines}
    yield f"Run of {datetime.now(UTC):%Y-%m-%d} by `{command}`: " + ", ".join(
        f"{count} {kind}" for kind, count in counts.items()
    )
    yield "\n| | goal | the workbench (range) | met | naive | LightGBM | oracle |"
    yield "|---|---|---|---|---|---|---|"
    yield from map(_row, main)
    yield from _shortfalls(main)
    kinds = [kind for kind in counts if kind not in _MAIN_KINDS]
    if kinds:
        yield "\nWorlds that break what the formulas assume; each cell is ours / naive:\n"
        yield f"| | goal | {' | '.join(kinds)} |"
        yield "|---|---|" + "---|" * len(kinds)
        yield from _misspecified(lines, kinds)


def _row(line: Line) -> str:
    ours = line.rules.get("ours")
    told = f"**{_number(ours.mean)}** ({_number(ours.low)} to {_number(ours.high)})" if ours else ""
    if count := line.rules.get("wrong_flags"):
        told += f", from {_mean(count)} weeks of wrong flags"
    beside = [_mean(line.rules.get(rule)) for rule in _BESIDE]
    met = {True: "yes", False: "no", None: ""}[_met(line)] if ours else ""
    cells = [_words(line), line.goal, told or "not there yet", met, *beside]
    return f"| {' | '.join(cells)} |"


def _shortfalls(lines: Sequence[Line]) -> Iterator[str]:
    """What falls short, and whether the records could have carried it."""
    short = [line for line in lines if "ours" in line.rules and _met(line) is False]
    missing = [line.metric.replace("_", " ") for line in lines if "ours" not in line.rules]
    yield "\n**What falls short:** " + ("; ".join(map(_shortfall, short)) or "nothing") + "."
    if missing:
        yield f"\n**Not there yet:** {', '.join(missing)}."


def _shortfall(line: Line) -> str:
    oracle = line.rules.get("oracle")
    beyond = oracle and is_met(line.goal, oracle.mean) is False
    told = f"{line.metric.replace('_', ' ')} {_number(line.rules['ours'].mean)} ({line.goal})"
    return told + (f", which the oracle misses too, with {_mean(oracle)}" if beyond else "")


def _met(line: Line) -> bool | None:
    count = line.rules.get("wrong_flags")
    if count and count.mean < _ENOUGH_WRONG_FLAGS:
        return None
    return is_met(line.goal, line.rules["ours"].mean)


def _misspecified(lines: Sequence[Line], kinds: Sequence[str]) -> Iterator[str]:
    by_metric: dict[str, dict[str, Line]] = {}
    for line in lines:
        if line.kind in kinds:
            by_metric.setdefault(line.metric, {})[line.kind] = line
    for found in by_metric.values():
        first = next(iter(found.values()))
        cells = [
            f"{_mean(found[kind].rules.get('ours'))} / {_mean(found[kind].rules.get('naive'))}"
            for kind in kinds
        ]
        yield f"| {_words(first)} | {first.goal} | {' | '.join(cells)} |"


def _words(line: Line) -> str:
    return f"{line.metric.replace('_', ' ')}, {line.unit}"


def _mean(spread: Spread | None) -> str:
    return _number(spread.mean) if spread else ""


def _number(value: float) -> str:
    return "none" if isnan(value) else f"{value:.3g}"


def is_met(goal: str, value: float) -> bool | None:
    """Returns whether a goal such as "<= 6", ">= 0.4" or "88-92" is met; None for another kind."""
    if isnan(value):
        return None
    if found := re.fullmatch(r"(<=|>=) ([\d.]+)", goal):
        limit = float(found[2])
        return value <= limit if found[1] == "<=" else value >= limit
    if found := re.fullmatch(r"([\d.]+)-([\d.]+)", goal):
        return float(found[1]) <= value <= float(found[2])
    return None
