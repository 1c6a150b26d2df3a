"""What the pages about the whole company share: chips, rates with their doubt, interval bars."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from notebooks import text
from notebooks.components import joined, place
from notebooks.data import Row

NOT_ENOUGH = "Not enough data"


def chosen(query: Mapping[str, str], name: str, choices: Mapping[str, str]) -> str:
    """Returns what the address asks for, or the first choice when it is none of them."""
    asked = query.get(name, "")
    return asked if asked in choices else next(iter(choices))


def chips(label: str, name: str, choices: Mapping[str, str], asked: Mapping[str, str]) -> Markup:
    """Returns links that change one part of the address and keep the rest of `asked`."""
    links = joined(
        Markup('<a class="chip" href="{}"{}>{}</a>').format(
            place(**{**asked, name: value}),
            Markup(' aria-current="true"') if asked[name] == value else "",
            words,
        )
        for value, words in choices.items()
    )
    return Markup('<nav class="chips" aria-label="{}">{}</nav>').format(label, links)


def figure(value: str, label: str, doubt: str) -> Markup:
    """Returns one figure of a `dl.kpis`, with its doubt beside the label."""
    return Markup(
        '<div class="kpi"><dt>{} <span class="meta">{}</span></dt><dd>{}</dd></div>'
    ).format(label, doubt, value)


def doubt(row: Row, rate: str, of: str) -> str:
    """Returns the interval of a rate in percent and its n; without a rate only the n."""
    n = f"n {text.count(row[of])}"
    if row[rate] is None:
        return n
    return text.listed([text.percent_interval(row[f"{rate}_low"], row[f"{rate}_high"]), n])


def rate(row: Row, name: str, of: str) -> Markup:
    """Returns a rate with interval and n, or in words that there is not enough data for one."""
    if row[name] is None:
        return Markup('<span class="meta">{} · {}</span>').format(NOT_ENOUGH, doubt(row, name, of))
    return Markup('<b>{}</b> <span class="meta">{}</span>').format(
        text.percent(row[name]), doubt(row, name, of)
    )


def interval_bar(row: Row, name: str, usual: float, most: float) -> Markup:
    """Returns a drawing of a rate: dot, band of its interval, and a line at the `usual` rate.

    It says nothing that the numbers beside it do not; `most` is the right end of the scale.
    """
    if row[name] is None:
        return Markup("")
    low, high, dot, line = (
        100 * min(max(value / most, 0), 1)
        for value in (row[f"{name}_low"], row[f"{name}_high"], row[name], usual)
    )
    return Markup(
        '<svg class="ibar" aria-hidden="true"><line class="track" x1="0" x2="100%" y1="8" y2="8"/>'
        '<rect x="{:.1f}%" y="5" width="{:.1f}%" height="6" rx="3"/>'
        '<line class="usual" x1="{:.1f}%" x2="{:.1f}%" y1="0" y2="16"/>'
        '<circle cx="{:.1f}%" cy="8" r="4"/></svg>'
    ).format(low, max(high - low, 0.5), line, line, dot)


def drawn_rate(row: Row, name: str, of: str, usual: float, most: float) -> Markup:
    """Returns a rate with interval and n, and its drawing beside them."""
    return Markup('<div class="drawn">{}<span>{}</span></div>').format(
        interval_bar(row, name, usual, most), rate(row, name, of)
    )
