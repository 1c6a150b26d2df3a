"""Chart specifications. Colours are the page's own variables, so they follow light and dark."""

from __future__ import annotations

import altair as alt

from notebooks.data import Row

_HEIGHT = 200
# the second colour is for notebooks, which have no theme of ours
_ACCENT = "var(--tw-accent, #2f86bd)"
_MUTE = "var(--tw-mute, #7b848e)"
_LINE = "var(--tw-line, #8884)"


def draw_scores(history: list[Row], description: str) -> alt.LayerChart:
    """Returns the score by day with its 90 % band; `description` says the same in words.

    A day without a score leaves a gap in line and band.
    """
    base = alt.Chart({"values": [_point(row) for row in history]}).encode(
        x=alt.X("day:T", title=None, axis=alt.Axis(format="%-d %b", tickCount=6, grid=False))
    )
    scale = alt.Scale(zero=False, nice=True)
    band = base.mark_area(opacity=0.18, color=_ACCENT).encode(
        y=alt.Y("low:Q", title=None, scale=scale, axis=alt.Axis(tickCount=4)), y2="high:Q"
    )
    line = base.mark_line(strokeWidth=2.5, color=_ACCENT).encode(
        y=alt.Y("score:Q", scale=scale),
        tooltip=[
            alt.Tooltip("day:T", title="Day", format="%-d %b %Y"),
            alt.Tooltip("score:Q", title="Score", format=".1f"),
            alt.Tooltip("low:Q", title="90 % from", format=".1f"),
            alt.Tooltip("high:Q", title="to", format=".1f"),
            alt.Tooltip("n:Q", title="Sessions"),
        ],
    )
    return _dressed(band + line, description)


def _point(row: Row) -> dict[str, object]:
    def number(name: str) -> float | None:
        return None if row[name] is None else float(row[name])

    return {
        "day": row["score_date"].isoformat() + "T00:00:00",  # no zone: the browser keeps the day
        "score": number("score"),
        "low": number("score_low"),
        "high": number("score_high"),
        "n": row["session_count"],
    }


def _dressed(chart: alt.LayerChart, description: str) -> alt.LayerChart:
    dressed: alt.LayerChart = (
        chart.properties(
            width="container",
            height=_HEIGHT,
            description=description,
            background="transparent",
            # canvas knows no CSS variables
            usermeta={"embedOptions": {"renderer": "svg", "actions": False}},
        )
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=_MUTE,
            gridColor=_LINE,
            tickColor=_LINE,
            domainColor=_LINE,
            labelFontSize=12,
        )
    )
    return dressed
