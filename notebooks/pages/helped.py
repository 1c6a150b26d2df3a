"""Did it help: what was done about flags, and what changed against similar tutors."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from core.words import FLAG_KINDS
from notebooks import data, data_company, parts, text
from notebooks.components import Page, freshness_line, link, mark, pager, place, table, tutor_link
from notebooks.data import Reader, Row
from notebooks.data_company import ACTIONS_PER_PAGE, HORIZONS
from notebooks.files import File, offer
from notebooks.viewer import Viewer

_VIEW = "helped"
_HORIZONS = {str(days): f"{days} days after" for days in HORIZONS}
_EVENTS = {
    "reliability": "reschedules",
    "drift": "reschedules",
    "attendance": "absences and late starts",
    "quality": "missing stars",
    "first_sessions": "poor first sessions",
}
_VERDICTS = {
    "helped": mark("ok", "✓", "Helped"),
    "worse": mark("watch", "▲", "Got worse"),
    "no_clear_effect": mark("none", "≈", "No clear effect"),
}
_OPEN = mark("none", "◇", "Not measured")


def compose(reader: Reader, query: Mapping[str, str], page: int, viewer: Viewer) -> Page:
    """Returns how many actions helped, and one line for each, newest first."""
    horizon = parts.chosen(query, "days", _HORIZONS)
    counts = data_company.intervention_counts(reader, int(horizon))
    fresh = data.freshness(reader)
    title = _headline(counts, data_company.acted_count(reader))
    body = Markup('<h1 tabindex="-1">{}</h1>{}{}{}').format(
        title,
        freshness_line(fresh),
        _actions(reader, counts, horizon, page, viewer) if counts["action_count"] else _none(),
        _meaning(counts, fresh),
    )
    files = offer(File("Actions", "fct_interventions", {"horizon_days": horizon}))
    return Page(title, body, section="Did it help", files=files)


def _headline(counts: Row, acted: int) -> str:
    early = counts["too_early_count"]
    if not counts["action_count"]:
        since = f"{text.count(acted, 'action')} so far, to be told from the next night on"
        return since if acted else "Nobody has acted on a flag yet"
    if not counts["measured_count"]:
        return (
            f"Too early to say whether it helped: {text.count(early, 'action')} under way"
            if (early)
            else "None of the actions could be measured"
        )
    number = counts["helped_count"]
    helped = "none" if not number else text.count(number)
    words = f"{helped} of {text.count(counts['measured_count'], 'measured action')} helped"
    later = f"; {text.count(early)} too early to say" if early else ""
    return f"{words[:1].upper()}{words[1:]}{later}"


def _none() -> Markup:
    return Markup('<p class="notice">{} {}</p>').format(
        "When somebody takes on a flag, gives it to somebody, resolves it or notes what was done, "
        "this page tells four and eight weeks later whether it helped.",
        link(place(), "Who needs you today"),
    )


def _actions(reader: Reader, counts: Row, horizon: str, page: int, viewer: Viewer) -> Markup:
    found = data_company.interventions(reader, int(horizon), page)
    asked = {"view": _VIEW, "days": horizon}
    rows = [(_what(row, viewer), _effect(row)) for row in found]
    shown = table("Actions", ["What was done", "What came of it"], rows)
    return Markup('<p>{}</p><div class="find">{}</div><div class="acts">{}{}</div>').format(
        _summary(counts),
        parts.chips("Measured after", "days", _HORIZONS, asked),
        shown if rows else Markup('<p class="notice">None on this page.</p>'),
        pager(page, ACTIONS_PER_PAGE, counts["action_count"], asked),
    )


def _summary(counts: Row) -> str:
    told = {
        "helped_count": "helped",
        "no_clear_effect_count": "without a clear effect",
        "worse_count": "after which it got worse",
        "too_early_count": "too early to say",
        "too_few_sessions_count": "with too few sessions",
        "no_peers_count": "without similar tutors to compare with",
        "out_of_history_count": "older than the history of scores",
    }
    found = [f"{counts[name]:,} {words}" for name, words in told.items() if counts[name]]
    return f"{text.count(counts['action_count'], 'action')}: {', '.join(found)}."


def _what(row: Row, viewer: Viewer) -> Markup:
    done = text.listed([text.ACTS[row["action"]], text.reason(row["reason_code"])], ": ")
    who = f"by {viewer.name_of(row['acted_by'])}" if row["acted_by"] else ""
    return Markup('{} <span class="meta">{}</span>{}<span class="meta">{}</span>').format(
        tutor_link(row),
        FLAG_KINDS.get(row["kind"], row["kind"]),
        done[:1].upper() + done[1:],
        text.listed([text.day(row["acted_on"]), who]),
    )


def _effect(row: Row) -> Markup:
    verdict = _VERDICTS.get(row["verdict"], _OPEN)
    return Markup('{}<span class="meta">{}</span>').format(
        verdict, effect_words(row) if row["verdict"] else _state_words(row)
    )


def effect_words(row: Row) -> str:
    """Returns a measured effect with its interval, as a sentence."""
    events = _EVENTS.get(row["kind"], "events")
    than = {
        "helped": f"fewer {events} than similar tutors",
        "worse": f"more {events} than similar tutors",
        "no_clear_effect": f"{events} went as with similar tutors, as far as can be told",
    }[row["verdict"]]
    low, high = (text.points(row[name]) for name in ("effect_low", "effect_high"))
    return (
        f"{than}: {text.points(row['effect'])} of what is expected ({low} to {high}), "
        f"against {text.count(row['peer_count'], 'similar tutor')}"
    )


def _state_words(row: Row) -> str:
    words = {
        "too_early": f"too early: {row['horizon_days']} days are not over",
        "too_few_sessions": "too few sessions before or after",
        "no_peers": "fewer than three similar tutors to compare with",
        "out_of_history": "older than the history of scores",
    }
    return words[row["state"]]


def _meaning(counts: Row, fresh: Row) -> Markup:
    return Markup('<p class="meta">{}</p>').format(
        "Compared are the 28 days before an action and the days after it. A tutor is flagged when "
        "things are worst and gets better by chance alone, so the change is told against tutors "
        f"as bad whom nobody acted on: {text.points(-0.4)} means that events fell by 0.4 of what a "
        "typical tutor would have had, beyond what theirs did. It counts as help only when the "
        "whole 90 % interval is below zero; of actions without any effect about one in twenty "
        f"looks like help. {_as_of(counts, fresh)}Made anew each night."
    )


def _as_of(counts: Row, fresh: Row) -> str:
    if counts["as_of"] is None:
        return ""
    return f"As of {text.moment(counts['as_of'], fresh['time_zone'])}. "
