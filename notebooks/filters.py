"""Which tutors the lists are about, as the address says; kept through every click by the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from markupsafe import Markup

from notebooks.components import joined, link, place
from notebooks.data import Reader

TENURES = {"new": "New, up to 90 days", "months": "Up to a year", "years": "A year and longer"}
_ALL = {
    "team": "All teams",
    "subject": "Any subject",
    "tenure": "Any tenure",
    "zone": "Any time zone",
}
_LABELS = {"team": "Team", "subject": "Subject", "tenure": "Tenure", "zone": "Time zone"}


def narrow(reader: Reader, query: Mapping[str, str]) -> Reader:
    """Returns the reader with the tutors that the address selects, of those it had already."""
    return replace(reader, selection=reader.selection.narrowed(**chosen(query)))


def chosen(query: Mapping[str, str]) -> dict[str, str]:
    """Returns by name what the address chooses; empty where it chooses nothing."""
    return {name: query.get(name, "") for name in _ALL}


def bar(reader: Reader, query: Mapping[str, str], page: Mapping[str, str]) -> Markup:
    """Returns the choices there are for this person's tutors; what else `page` shows is kept."""
    choices = _choices(reader)
    selects = joined(
        _select(name, choices[name], query.get(name, ""))
        for name in _ALL
        if len(choices[name]) > 1 or query.get(name)
    )
    if not selects:
        return Markup("")
    kept = joined(
        Markup('<input type="hidden" name="{}" value="{}">').format(name, value)
        for name, value in page.items()
        if value
    )
    is_set = any(query.get(name) for name in _ALL)
    return Markup(
        '<form class="filters" method="get" action="{}" aria-label="Which tutors">{}{}{}</form>'
    ).format(
        place(),
        kept,
        selects,
        Markup('<span class="all">{}</span>').format(link(place(**page), "All tutors"))
        if is_set
        else "",
    )


def _choices(reader: Reader) -> dict[str, dict[str, str]]:
    def named(query: str) -> dict[str, str]:
        values: Iterable[str] = (row["value"] for row in reader.rows(query))
        return {value: value for value in values}

    by = "select distinct {} as value from dim_tutors where value is not null order by 1"
    return {
        "team": named(by.format("manager_email")),
        "subject": named(by.format("unnest(subjects)").replace("where value is not null", "")),
        "tenure": TENURES,
        "zone": named(by.format("time_zone")),
    }


def _select(name: str, choices: Mapping[str, str], chosen: str) -> Markup:
    known = {"": _ALL[name]} | dict(choices) | ({chosen: chosen} if chosen not in choices else {})
    known = known if chosen else {"": _ALL[name]} | dict(choices)
    options = joined(
        Markup('<option value="{}"{}>{}</option>').format(
            value, Markup(" selected") if value == chosen else "", words
        )
        for value, words in known.items()
    )
    return Markup('<select id="by-{}" name="{}" aria-label="{}">{}</select>').format(
        name, name, _LABELS[name], options
    )
