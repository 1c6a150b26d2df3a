"""Which sessions of the next days are likely to go wrong, and what makes it likely."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from markupsafe import Markup

from core import links
from notebooks import data, data_company, filters, parts, text
from notebooks.components import Page, freshness_line, joined, link, pager, tutor_link
from notebooks.data import Reader, Row
from notebooks.data_company import RISK_HOURS, RISKS_PER_PAGE
from notebooks.files import File, offer

_VIEW = "upcoming"
_KINDS = {
    "reschedule": "Moved by the tutor",
    "no_show": "Tutor no-show",
    "poor_first_session": "Poor first session",
}
_CHANCE = {
    "reschedule": "well above the usual chance of being moved",
    "no_show": "well above the usual chance of a tutor no-show",
    "poor_first_session": "well above the usual chance of a poor first session",
}
_HOURS = {str(hours): f"Next {hours} hours" for hours in RISK_HOURS}


def compose(rights: Reader, query: Mapping[str, str], page: int) -> Page:
    """Returns the sessions ahead whose risk stands out, the highest first, by day."""
    reader = filters.narrow(rights, query)
    asked = {
        "view": _VIEW,
        "kind": parts.chosen(query, "kind", _KINDS),
        "hours": parts.chosen(query, "hours", _HOURS),
    }
    counts = data_company.risk_counts(reader, int(asked["hours"]))
    found = data_company.risks(reader, asked["kind"], int(asked["hours"]), page)
    title = _headline(counts.get(asked["kind"]), asked)
    fresh = data.freshness(reader)
    body = Markup('<h1 tabindex="-1">{}</h1>{}{}{}{}{}{}').format(
        title,
        freshness_line(fresh),
        filters.bar(rights, query, asked),
        _choices(asked, counts),
        _tutors(data_company.risk_tutors(reader, asked["kind"], int(asked["hours"]))),
        _list(found, page, counts.get(asked["kind"]), asked),
        _meaning(fresh),
    )
    shown = {"kind": asked["kind"], "hours_ahead": asked["hours"]}
    files = offer(File("Chances", "fct_upcoming_risk", shown | filters.chosen(query)))
    return Page(title, body, section="Upcoming", files=files)


def _headline(count: Row | None, asked: Mapping[str, str]) -> str:
    when = f"in the next {asked['hours']} hours"
    if count is None:
        first = "first " if asked["kind"] == "poor_first_session" else ""
        return f"No {first}session is booked {when}"
    if not count["standing_out"]:
        return f"Nothing stands out {when}. {text.count(count['sessions'], 'session')} checked."
    number = text.count(count["standing_out"], "session")
    stands = "stands" if count["standing_out"] == 1 else "stand"
    return f"{number} {when} {stands} out: {_CHANCE[asked['kind']]}"


def _choices(asked: Mapping[str, str], counts: Mapping[str, Row]) -> Markup:
    kinds = {
        kind: f"{words} {text.count(counts[kind]['standing_out'] if kind in counts else 0)}"
        for kind, words in _KINDS.items()
    }
    return Markup('<div class="find">{}{}</div>').format(
        parts.chips("Kind of risk", "kind", kinds, asked),
        parts.chips("How far ahead", "hours", _HOURS, asked),
    )


def _tutors(most: list[Row]) -> Markup:
    if not most:
        return Markup("")
    named = Markup(", ").join(
        Markup("{} {}").format(tutor_link(row), text.count(row["sessions"])) for row in most
    )
    how_many = text.count(most[0]["many"], "tutor")
    return Markup('<p class="with">With {}{}. By day, the highest chance first.</p>').format(
        how_many, Markup("; most with {}").format(named) if len(most) > 1 else ""
    )


def _list(found: list[Row], page: int, count: Row | None, asked: Mapping[str, str]) -> Markup:
    total = count["standing_out"] if count else 0
    if not found:
        return Markup("") if not total else Markup('<p class="notice">None on this page.</p>')
    days = groupby(sorted(found, key=_local_day), key=_local_day)
    left = total - page * RISKS_PER_PAGE
    return Markup("{}{}{}").format(
        joined(_day(day, list(rows)) for day, rows in days),
        Markup('<p class="below">{} more with a lower chance</p>').format(text.count(left))
        if left > 0
        else "",
        pager(page, RISKS_PER_PAGE, total, asked),
    )


def _local_day(risk: Row) -> date:
    local: date = risk["scheduled_start"].astimezone(ZoneInfo(risk["zone"])).date()
    return local


def _day(day: date, risks: list[Row]) -> Markup:
    return Markup('<h2>{}</h2><ol class="cases">{}</ol>').format(
        text.day(day), joined(_risk(risk) for risk in risks)
    )


def _risk(risk: Row) -> Markup:
    return Markup(
        '<li><article class="case slim"><p class="score">{:.0f} %<small>usual {}</small></p>'
        '<div><h3 class="who">{} {}</h3><p class="clear">{}</p></div>'
        '<p class="meta age">in {}</p></article></li>'
    ).format(
        100 * risk["probability"],
        text.percent(risk["platform_rate"]),
        link(links.session_page("", risk["session_id"]), _clock(risk)),
        _with(risk),
        risk["reason_text"],
        text.hours(risk["hours_ahead"]),
    )


def _with(risk: Row) -> Markup:
    first = "first session" if risk["is_first_session"] else ""
    about = text.listed([risk["subject"], first])
    return Markup('<span class="with">with {}{}</span>').format(
        tutor_link(risk), f" · {about}" if about else ""
    )


def _clock(risk: Row) -> str:
    return f"{risk['scheduled_start'].astimezone(ZoneInfo(risk['zone'])):%H:%M %Z}"


def _meaning(fresh: Row) -> Markup:
    return Markup('<p class="meta">{}</p>').format(
        "The percentage is the chance, told before the session, that the tutor moves or cancels "
        "it, does not come, or that a first session is rated 2 or less or missed: the platform's "
        "rate times what the slot, the tutor's past and earlier moves make of it. Only sessions "
        "at one and a half times the platform's rate or more are listed; many of them will still "
        "go well. "
        f"Formula {fresh['formula_version']}, as of "
        f"{text.moment(fresh['as_of'], fresh['time_zone'])}."
    )
