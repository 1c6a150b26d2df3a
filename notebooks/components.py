"""The parts of HTML that pages share.

`Markup.format` escapes every value it is given, so names and texts cannot become HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from core import links
from core.marts import Published
from core.words import FLAG_KINDS
from notebooks import text
from notebooks.data import Row
from notebooks.viewer import Viewer

LATE_AFTER_SECONDS = 3_600  # what the service promises
STALE_AFTER_SECONDS = 86_400
_SIGNS = {
    "high": ("▲", "High"),
    "watch": ("●", "Watch"),
    "ok": ("✓", "As planned"),
    "info": ("○", "Info"),
}


@dataclass(frozen=True)
class Page:
    """What fills `main`, and links to its rows as `files`."""

    title: str
    body: Markup
    section: str = ""
    files: Markup = field(default_factory=Markup)


def joined(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)


def place(**query: str) -> str:
    """Returns the address of a dashboard page that `core.links` has no function for."""
    filled = {name: value for name, value in query.items() if value}
    return links.today_page("") + (f"?{urlencode(filled)}" if filled else "")


def link(address: str, words: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(address, words)


def tutor_link(row: Row) -> Markup:
    """Returns the tutor's name, leading to the tutor's page."""
    return link(links.tutor_page("", row["tutor_id"]), row["display_name"] or row["tutor_id"])


def mark(look: str, sign: str, words: str) -> Markup:
    """Returns a judgement as sign, word and colour together."""
    return Markup('<span class="tag {}"><span aria-hidden="true">{}</span>&nbsp;{}</span>').format(
        look, sign, words
    )


def tag(severity: str | None, kind: str | None = None) -> Markup:
    """Returns a severity as sign, word and colour together, with the `kind` of a flag."""
    if severity is None:
        return Markup("")
    sign, word = _SIGNS[severity.lower()]
    look = severity.lower() if severity.lower() != "info" else "none"
    return mark(look, sign, text.listed([word, FLAG_KINDS.get(kind or "")]))


def tutor_tag(card: Row) -> Markup:
    """Returns the flag of a scorecard, or in words why there is no score; never red for that."""
    if card["severity"] is not None:
        return tag(card["severity"], card["kind"])
    if card["state"] == "scored":
        return Markup("")
    return mark("none", "◇", text.STATES[card["state"]])


def age(moment: datetime, **thresholds: int) -> Markup:
    """Returns an empty time element; the browser fills in the age and keeps it true."""
    limits = joined(
        Markup(' data-{}="{}"').format(name.replace("_", "-"), seconds)
        for name, seconds in thresholds.items()
    )
    return Markup('<time data-age datetime="{}"{}></time>').format(moment.isoformat(), limits)


def freshness_line(fresh: Row) -> Markup:
    """Returns how fresh and how complete the data are, in words that age with the open page."""
    through = fresh["data_through"]
    if through is None:
        return Markup('<p class="lead">No session has arrived yet.</p>')
    return Markup(
        '<p class="lead fresh" data-state="fresh">'
        '<span class="mark is-fresh"><span aria-hidden="true">✓</span> Up to date</span>'
        '<span class="mark is-late"><span aria-hidden="true">●</span> Late</span>'
        '<span class="mark is-stale"><span aria-hidden="true">▲</span> Stale</span>'
        ": data through {}, {}{}</p>"
    ).format(
        text.moment(through, fresh["time_zone"]),
        age(through, late_after=LATE_AFTER_SECONDS, stale_after=STALE_AFTER_SECONDS),
        _completeness(fresh),
    )


def of_all_teams(rates: str, is_of_all: bool) -> Markup:
    """Returns a note for who sees some tutors only: these `rates` are of all, lists are theirs."""
    if is_of_all:
        return Markup("")
    return Markup(
        '<p class="meta">{} are of the whole platform; tutors listed are yours.</p>'
    ).format(rates)


def _completeness(fresh: Row) -> str:
    came, expected = fresh["sessions_yesterday"], fresh["expected_sessions_yesterday"]
    if expected is None:
        return f" · {text.count(came)} sessions yesterday"
    return f" · {text.count(came)} of about {text.count(expected)} expected sessions yesterday"


_MENU = {
    "Today": "",
    "Tutors": "tutors",
    "First sessions": "first-sessions",
    "Upcoming": "upcoming",
    "Did it help": "helped",
    "Platform": "platform",
}


def header(section: str, viewer: Viewer, is_demo: bool) -> Markup:
    """Returns the head of every page; a viewer without a name is not shown."""
    pages = joined(
        Markup('<a href="{}"{}>{}</a>').format(
            place(view=view), Markup(' aria-current="page"') if name == section else "", name
        )
        for name, view in _MENU.items()
    )
    menu = Markup(
        '<nav class="pages" aria-label="Pages">{}<span class="others">{}</span></nav>'
    ).format(pages, _others(viewer))
    return Markup("<header><b>Tutor Workbench</b>{}{}{}</header>").format(
        Markup('<span class="tag watch">DEMO</span>') if is_demo else "",
        Markup("") if viewer.is_tutor else menu,
        _who(viewer),
    )


def _others(viewer: Viewer) -> Markup:
    reviews = link("/reviews", "Reviews") if viewer.may_act else Markup("")
    return link("/operations", "Operations") + reviews + link("/settings", "Settings")


def _who(viewer: Viewer) -> Markup:
    name = viewer.display_name or viewer.username
    if not name:
        return Markup("")
    return Markup(
        '<span class="user meta">{}</span>'
        '<form method="post" action="/logout"><button class="plain">Log out</button></form>'
    ).format(text.listed([name, viewer.role]))


def footer(fresh: Row, published: Published, viewer: Viewer, is_demo: bool) -> Markup:
    """Returns which set and formula the page shows, and where else to look."""
    return Markup(
        "<footer><p>Updated {} · scores as of {} · formula {} · set {}{}</p></footer>"
    ).format(
        age(datetime.fromisoformat(published.published_at)),
        text.moment(fresh["as_of"], fresh["time_zone"]),
        fresh["formula_version"],
        published.number,
        Markup("") if viewer.is_tutor else _elsewhere(is_demo),
    )


def _elsewhere(is_demo: bool) -> Markup:
    places = {"Operations": "/operations", "API": "/docs"} | (
        {"Mailbox": "/mailbox"} if is_demo else {}
    )
    told = joined(Markup(" · {}").format(link(to, words)) for words, to in places.items())
    return Markup('<span class="elsewhere">{}</span>').format(told)


def table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Markup:
    """Returns a table whose first column heads its rows; the caption is for screen readers."""
    head = joined(Markup('<th scope="col">{}</th>').format(heading) for heading in headings)
    return Markup(
        '<table><caption class="hidden">{}</caption><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table>"
    ).format(caption, head, joined(_row(row) for row in rows))


def _row(cells: Sequence[Any]) -> Markup:
    rest = joined(Markup("<td>{}</td>").format(cell) for cell in cells[1:])
    return Markup('<tr><th scope="row">{}</th>{}</tr>').format(cells[0], rest)


def pager(page: int, per_page: int, total: int, query: Mapping[str, str]) -> Markup:
    """Returns links to the pages before and after, or nothing when there is one page only."""
    last = max(1, -(-total // per_page))
    if last == 1:
        return Markup("")
    before = link(place(**query, page=str(page - 1)), "← Before") if page > 1 else Markup("")
    after = link(place(**query, page=str(page + 1)), "After →") if page < last else Markup("")
    return Markup(
        '<nav class="turn" aria-label="More pages">{}<span>{} of {}</span>{}</nav>'
    ).format(before, page, last, after)


def notice(title: str, detail: str) -> Page:
    """Returns a page that says in words why there is nothing else to show."""
    body = Markup('<h1 tabindex="-1">{}</h1><p class="notice">{}</p>').format(title, detail)
    return Page(title, body)
