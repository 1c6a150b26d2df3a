"""Parts of the operations page that tell how the flows are: builds, runs, letters, money, lag."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any, Protocol

from api.html import when
from core.snapshot import Row

_NOT_HERE = '<p class="card">Not known here: the web runs without its flows.</p>'
_LETTERS = {
    "pending": "Waiting to be sent",
    "sending": "Being sent",
    "held": "Kept for a digest",
    "sent": "Sent",
    "told": "Told in a digest",
    "dead": "Given up",
}


class FlowsDesk(Protocol):
    """What the page asks of whoever runs the flows."""

    def build(self) -> Mapping[str, Any] | None: ...
    def letters(self) -> Mapping[str, int]: ...
    def reviews(self, now: datetime) -> Mapping[str, Any]: ...
    def runs(self) -> list[dict[str, Any]] | None: ...


def facts(found: Mapping[str, str]) -> str:
    """Returns facts by name, as a list."""
    rows = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in found.items()
    )
    return f'<dl class="card facts">{rows}</dl>'


def flows_part(desk: FlowsDesk | None, zone: str, now: datetime) -> str:
    """Returns how builds, runs, letters and reviews are; times are shown in `zone`."""
    if desk is None:
        return f"<h2>Flows</h2>{_NOT_HERE}"
    return (
        f"<h2>Last full build</h2>{_build(desk.build(), zone)}"
        f"<h2>Last run of each flow</h2>{_runs(desk.runs(), zone)}"
        f"<h2>Letters</h2>{_letters(desk.letters())}"
        f"<h2>Reviews</h2>{_reviews(desk.reviews(now))}"
    )


def freshness_part(days: list[Row]) -> str:
    """Returns by day how long sessions took until somebody was told; newest first."""
    if not days:
        return '<p class="card">Told after the first night: it is measured each day.</p>'
    rows = "".join(
        f"<tr><td>{day['received_date']}: {day['session_count']:,} sessions</td>"
        f"<td>{_share(day, 'within_promise_count', 'beyond_promise_count')} "
        "within an hour of their end</td>"
        f"<td>{_share(day, 'within_ours_count', 'beyond_ours_count')} within 10 s of arrival</td>"
        f"<td>{_told_after(day)}</td></tr>"
        for day in days
    )
    return (
        '<table><thead><tr><th scope="col">Received</th><th scope="col">Told after they ended</th>'
        '<th scope="col">Told after they arrived</th><th scope="col">Median, 95 %</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _build(build: Mapping[str, Any] | None, zone: str) -> str:
    if build is None:
        return '<p class="card">None yet. The first one follows the first records.</p>'
    failed = ", ".join(build["failed"])
    return facts(
        {
            "Built": f"{when(build['at'], zone)}, {build['seconds']:,.0f} s of work",
            "Models": f"{build['models']:,}",
            "Tests": f"{build['tests']:,}, all passed" if not failed else f"{build['tests']:,}",
            **({"Failed, so nothing was published": failed} if failed else {}),
        }
    )


def _runs(runs: list[dict[str, Any]] | None, zone: str) -> str:
    if runs is None:
        return '<p class="alert" role="alert">Prefect does not answer. See: workbench status</p>'
    if not runs:
        return '<p class="card">None yet. Each has its time of day or of the week.</p>'
    rows = "".join(
        f"<tr><td>{escape(run['flow'])}</td><td>{_state(run['state'])}</td>"
        f"<td>{when(run['started'], zone)}</td><td>{_took(run)}</td></tr>"
        for run in runs
    )
    return (
        '<table><thead><tr><th scope="col">Flow</th><th scope="col">State</th>'
        '<th scope="col">Started</th><th scope="col">Took</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _took(run: dict[str, Any]) -> str:
    return "under way" if run["state"] == "Running" else f"{run['seconds']:,.0f} s"


def _state(state: str) -> str:
    is_bad = state in {"Failed", "Crashed", "TimedOut"}
    return f'<span class="bad">▲ {escape(state)}</span>' if is_bad else escape(state)


def _letters(counts: Mapping[str, int]) -> str:
    if not counts:
        return '<p class="card">None yet.</p>'
    told = {words: f"{counts[name]:,}" for name, words in _LETTERS.items() if counts.get(name)}
    hint = (
        '<p class="meta">Those given up: <code>workbench mail outbox --state dead</code>, then '
        "<code>workbench mail retry</code>.</p>"
    )
    return facts(told) + (hint if counts.get("dead") else "")


def _reviews(reviews: Mapping[str, Any]) -> str:
    counts = reviews["reviews"]
    return facts(
        {
            "Graded": f"{counts.get('graded', 0):,}",
            "Waiting for the model": f"{counts.get('pending', 0):,}",
            "For a person": f"{counts.get('needs_person', 0):,}",
            "Spent today (UTC)": f"${reviews['usd_today']:.2f} of ${reviews['usd_a_day']:.2f}, "
            f"{reviews['calls']:,} calls; {reviews['cache_hits']:,} answers were there already",
        }
    )


def _told_after(day: Row) -> str:
    p50, p95 = (day[f"arrival_to_told_{share}_seconds"] for share in ("p50", "p95"))
    if p50 is None:
        return "how long: not known yet"
    return f"half in {p50:,.1f} s" + ("" if p95 is None else f", 95 % in {p95:,.1f} s")


def _share(day: Row, within: str, beyond: str) -> str:
    known = day[within] + day[beyond]
    return f"{day[within]:,} of {known:,}" if known else "not known how many"
