"""Who needs somebody today, why, and what would clear it."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from core.selection import EVERYBODY
from notebooks import data, data_actions, filters, parts, text
from notebooks.components import Page, freshness_line, joined, table, tag, tutor_link
from notebooks.data import Reader, Row
from notebooks.files import File, offer
from notebooks.pages import actions
from notebooks.viewer import Viewer


def compose(rights: Reader, query: Mapping[str, str], viewer: Viewer) -> Page:
    """Returns the list of cases, as many as coaches can act on, and yesterday's figures."""
    reader = filters.narrow(rights, query)
    fresh = data.freshness(reader)
    cases = data.needs_attention(reader)
    seen = data_actions.seen_seq(reader)
    first = [
        case
        | {"seen_seq": seen.get(case["tutor_id"], 0)}
        | {"just_now": data_actions.just_now(reader, case["tutor_id"])}
        for case in cases
        if case["is_in_capacity"]
    ]
    checked = data.checked(reader)
    title = text.headline(len(first), checked["scored_tutor_count"])
    body = Markup('<h1 tabindex="-1">{}</h1>{}{}{}<p class="below">{}</p>{}{}{}').format(
        title,
        freshness_line(fresh),
        filters.bar(rights, query, {}),
        _list(first, viewer),
        _doubt(checked, len(first)),
        _below([case for case in cases if not case["is_in_capacity"]]),
        _done(data_actions.lately(reader), viewer, fresh["time_zone"]),
        _yesterday(data.yesterday(reader), reader.selection == EVERYBODY),
    )
    chosen = filters.chosen(query)
    files = offer(
        File("Cases", "rpt_needs_attention", chosen),
        File("What was done", "fct_flag_actions", chosen),
    )
    return Page(title, body, section="Today", files=files)


def _list(cases: list[Row], viewer: Viewer) -> Markup:
    if not cases:
        return Markup("")
    return Markup('<ol class="cases">{}</ol>').format(joined(_case(case, viewer) for case in cases))


def _done(acts: list[Row], viewer: Viewer, zone: str) -> Markup:
    if not acts:
        return Markup("")
    return Markup('<details id="done"><summary>{} in the last day</summary>{}</details>').format(
        text.count(len(acts), "thing") + " done",
        actions.trail(acts, viewer, zone, names_tutor=True),
    )


def _case(case: Row, viewer: Viewer) -> Markup:
    reasons = joined(
        Markup("<li><b>{}</b><span>{}</span></li>").format(
            text.points(reason["points"], 0), reason["reason_text"]
        )
        for reason in case["reasons"]
    )
    clears = text.listed([case["clears_text"], text.change(case["score_change_30d"])], " ")
    return Markup(
        '<li><article class="case"><p class="score">{:.0f}<small>{} · n&nbsp;{}</small></p>'
        '<div><h2 class="who">{} {}</h2><ul class="why">{}</ul><p class="clear">{}</p></div>'
        "{}</article></li>"
    ).format(
        case["score"],
        text.interval(case["score_low"], case["score_high"]),
        text.count(case["session_count"]),
        tutor_link(case),
        tag(case["severity"], case["kind"]),
        reasons,
        clears,
        actions.short(case, viewer),
    )


def _doubt(checked: Row, shown: int) -> str:
    scored = text.count(checked["scored_tutor_count"], "tutor") + " checked"
    few, new = checked["not_enough_data_count"], checked["new_tutor_count"]
    return text.listed(
        [
            text.false_alarms(checked["expected_false_alarms"], shown),
            scored if shown else "",
            f"{text.count(few)} with too few sessions to say" if few else "",
            text.count(new, "new tutor") if new else "",
        ]
    )


def _below(cases: list[Row]) -> Markup:
    if not cases:
        return Markup("")
    rows = [
        (
            tutor_link(case),
            tag(case["severity"], case["kind"]),
            Markup('{:.0f} <span class="meta">{} · n&nbsp;{}</span>').format(
                case["score"],
                text.interval(case["score_low"], case["score_high"]),
                text.count(case["session_count"]),
            ),
        )
        for case in cases
    ]
    return Markup(
        '<details id="below"><summary>{} more below the line</summary>{}</details>'
    ).format(len(cases), table("Below the line", ["Tutor", "Flag", "Score"], rows))


def _yesterday(day: Row | None, is_of_all: bool) -> Markup:
    if day is None:
        return Markup("")
    return Markup('<h2>Yesterday{}, {}</h2><dl class="kpis">{}</dl>').format(
        "" if is_of_all else " on the whole platform",
        text.day(day["session_date"]),
        joined(_figures(day)),
    )


def _figures(day: Row) -> list[Markup]:
    rating = text.NOT_KNOWN if day["rating_mean"] is None else f"{day['rating_mean']:.2f}"
    return [
        parts.figure(text.count(day["session_count"]), "sessions that count", ""),
        _share(day, "tutor_reschedule_rate", "moved by tutors", "session_count"),
        _share(day, "tutor_no_show_rate", "tutor no-shows", "due_count"),
        _share(day, "poor_first_session_rate", "poor first sessions", "judged_first_session_count"),
        parts.figure(rating, "mean rating", f"n {text.count(day['rating_count'])}"),
    ]


def _share(day: Row, rate: str, label: str, of: str) -> Markup:
    return parts.figure(text.percent(day[rate]), label, parts.doubt(day, rate, of))
