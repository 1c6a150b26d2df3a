"""All tutors: found by name, narrowed by state, one line each."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from notebooks import data, filters, parts, text
from notebooks.components import Page, joined, pager, place, table, tutor_link, tutor_tag
from notebooks.data import TUTORS_PER_PAGE, Reader, Row, TutorList
from notebooks.files import File, offer

_CHIPS = {"": "All", "flagged": "Flagged"} | text.STATES
_NO_FLAG = Markup('<span class="meta">No flag</span>')
_SORTS = {"": "By name", "score": "By score, lowest first"}


def compose(rights: Reader, query: Mapping[str, str], page: int) -> Page:
    """Returns one page of the tutors that the query asks for; unknown choices count as none."""
    asked = {
        "view": "tutors",
        "q": query.get("q", "")[:100],
        "state": query.get("state", "") if query.get("state") in _CHIPS else "",
        "sort": query.get("sort", "") if query.get("sort") in _SORTS else "",
    }
    reader = filters.narrow(rights, query)
    found = data.tutors(reader, asked["q"], asked["state"], asked["sort"] or "name", page)
    body = Markup('<h1 tabindex="-1">Tutors</h1><p class="lead">{}</p>{}{}{}{}{}').format(
        text.count(found.total, "tutor"),
        filters.bar(rights, query, asked),
        _search(asked),
        _chips(asked, found),
        _list(found),
        pager(page, TUTORS_PER_PAGE, found.total, asked),
    )
    return Page("Tutors", body, section="Tutors", files=_files(asked, query))


def _files(asked: Mapping[str, str], query: Mapping[str, str]) -> Markup:
    chosen = {"search": asked["q"], **filters.chosen(query)}
    if asked["state"] == "flagged":
        return offer(File("Flagged tutors", "rpt_needs_attention", chosen))
    return offer(File("Tutors", "rpt_tutor_scorecards", {"state": asked["state"], **chosen}))


def _search(asked: Mapping[str, str]) -> Markup:
    kept = joined(
        Markup('<input type="hidden" name="{}" value="{}">').format(name, asked[name])
        for name in ("view", "state", "sort")
    )
    return Markup(
        '<form class="find" method="get" action="{}" role="search">{}'
        '<label class="hidden" for="q">Find a tutor by name or id</label>'
        '<input id="q" type="search" name="q" value="{}" placeholder="Find by name or id" '
        'autocomplete="off"></form>'
    ).format(place(), kept, asked["q"])


def _chips(asked: Mapping[str, str], found: TutorList) -> Markup:
    states = {
        state: f"{words} {text.count(found.by_state.get(state, 0))}"
        for state, words in _CHIPS.items()
    }
    return Markup('<div class="find">{}{}</div>').format(
        parts.chips("State", "state", states, asked), parts.chips("Order", "sort", _SORTS, asked)
    )


def _list(found: TutorList) -> Markup:
    if not found.rows:
        return Markup('<p class="notice">No tutor here. Try fewer letters, or all states.</p>')
    rows = [(_name(card), tutor_tag(card) or _NO_FLAG, score(card)) for card in found.rows]
    return table("Tutors", ["Tutor", "State", "Score, 90 % interval"], rows)


def _name(card: Row) -> Markup:
    return Markup('{} <span class="meta">{}</span>').format(
        tutor_link(card), text.listed(card["subjects"] or [], ", ")
    )


def score(card: Row) -> Markup:
    """Returns score, interval and n; a dash and n when there is no score."""
    n = text.count(card["session_count"])
    if card["score"] is None:
        return Markup('{} <span class="meta">n&nbsp;{}</span>').format(text.NOT_KNOWN, n)
    return Markup('{:.0f} <span class="meta">{} · n&nbsp;{}</span>').format(
        card["score"], text.interval(card["score_low"], card["score_high"]), n
    )
