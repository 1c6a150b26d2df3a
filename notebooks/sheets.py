"""What the analysts' notebooks have in common: a head, a chart with its table, dots with intervals.

Words and layout only; every number comes from the marts.
"""

from __future__ import annotations

import altair as alt
import marimo as mo
import polars as pl
from polars import selectors

from notebooks.client import Client

ACCENT = "#2f86bd"
WARM = "#c2600a"
MUTE = "#7b848e"


def head(client: Client, title: str, question: str) -> mo.Html:
    """Returns the head of a notebook: title, the question it answers, set and as-of moment."""
    fresh = client.freshness().row(0, named=True)
    return mo.md(
        f"# {title}\n\n{question}\n\n"
        f"*Set {client.number}, as of {client.as_of:%Y-%m-%d %H:%M} UTC: "
        f"{fresh['session_count']:,} sessions, {fresh['tutor_count']:,} tutors, "
        f"formula version {fresh['formula_version']}.*"
    )


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Returns the frame with decimals as floats, which charts can draw."""
    return frame.with_columns(selectors.decimal().cast(pl.Float64))


def table(
    frame: pl.DataFrame, words: str = "There is nothing yet.", page_size: int = 10
) -> mo.Html:
    """Returns the frame as a table to look at; `words` stand where there is no row."""
    if frame.is_empty():
        return empty(words)
    shown = plain(frame).drop("published_set", strict=False)
    readable = shown.with_columns(
        selectors.float().round(3), selectors.datetime().dt.strftime("%Y-%m-%d %H:%M")
    )
    return mo.ui.table(readable, selection=None, page_size=page_size, show_column_summaries=False)


def empty(words: str) -> mo.Html:
    """Returns a note in place of a chart that has nothing to show."""
    return mo.callout(mo.md(words), kind="neutral")


def picture(chart: alt.Chart | alt.LayerChart, frame: pl.DataFrame, words: str) -> mo.Html:
    """Returns a chart with the same rows as a table below; `words` stand where there are none."""
    if frame.is_empty():
        return empty(words)
    drawn = chart.properties(width="container", background="transparent")
    return mo.vstack([drawn, mo.accordion({"The same as a table": table(frame)})])


def dots(frame: pl.DataFrame, value: str, group: str, title: str, *more: str) -> alt.LayerChart:
    """Returns a dot and its 90 % interval for each row of `group`, in the frame's order.

    Args:
        frame: with columns `value`, `value_low`, `value_high`.
        value: name of the column that is drawn.
        group: name of the column that rows are called by.
        title: of the axis, with its unit.
        more: columns that are told when one points at a dot, as n.
    """
    base = alt.Chart(plain(frame)).encode(
        y=alt.Y(f"{group}:N", sort=None, title=None, axis=alt.Axis(labelLimit=260)),
        tooltip=[group, value, f"{value}_low", f"{value}_high", *more],
    )
    axis = alt.Axis(format="%") if value.endswith("rate") else alt.Axis()
    span = base.mark_rule(color=MUTE, strokeWidth=2).encode(
        x=alt.X(f"{value}_low:Q", title=title, axis=axis).scale(zero=False), x2=f"{value}_high:Q"
    )
    marks = base.mark_circle(size=70, color=ACCENT, opacity=1).encode(x=f"{value}:Q")
    drawn: alt.LayerChart = span + marks
    return drawn


def line_at(value: float) -> alt.Chart:
    """Returns a dashed upright line, as at the platform's rate."""
    line = alt.Chart({"values": [{"at": value}]}).mark_rule(strokeDash=[4, 4], color=WARM)
    drawn: alt.Chart = line.encode(x="at:Q")
    return drawn
