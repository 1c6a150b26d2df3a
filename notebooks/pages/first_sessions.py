"""First sessions: how many are poor, where they are poorer than elsewhere, and who comes again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from core import links
from core.selection import EVERYBODY
from notebooks import data, data_company, parts, text
from notebooks.components import (
    Page,
    freshness_line,
    link,
    mark,
    notice,
    of_all_teams,
    pager,
    table,
    tutor_link,
)
from notebooks.data import Reader, Row
from notebooks.data_company import POOR_PER_PAGE, WINDOWS, PoorTutors
from notebooks.files import File, offer

_VIEW = "first-sessions"
_WINDOWS = {str(days): f"Last {days} days" for days in WINDOWS}
_KINDS = {"subject": "Subject", "local_hours": "Time of day", "grade_level": "Grade"}
_HOURS = {
    "before 8": "Early mornings",
    "8 to 12": "Mornings",
    "12 to 16": "Afternoons",
    "16 to 20:30": "Evenings",
    "after 20:30": "Late evenings",
}
_NAMED = 2
_FIRST_TUTORS = 10
_ABOVE = mark("watch", "▲", "Poorer")
_BELOW = mark("ok", "▼", "Better")
_AGAINST = {"above": _ABOVE, "below": _BELOW}
_OUTCOMES = {"tutor_no_show": "The tutor did not come"}


def compose(reader: Reader, query: Mapping[str, str], page: int) -> Page:
    """Returns the patterns of the asked window, and the poor first sessions behind them."""
    window = parts.chosen(query, "days", _WINDOWS)
    asked = {"view": _VIEW, "days": window if window != str(WINDOWS[0]) else ""}
    whole = data_company.first_sessions(reader, int(window))
    if whole is None:
        return notice(
            "No first session yet",
            "This page fills itself in the night after the first of them was held.",
        )
    groups = {kind: data_company.first_session_groups(reader, kind, int(window)) for kind in _KINDS}
    title = _headline(whole, [row for rows in groups.values() for row in rows])
    body = Markup('<h1 tabindex="-1">{}</h1>{}{}<p>{}</p>{}{}{}{}{}').format(
        title,
        freshness_line(data.freshness(reader)),
        of_all_teams("Rates and groups", reader.selection == EVERYBODY),
        _meaning(reader, whole),
        _windows(window),
        _figures(whole),
        _patterns(groups, whole),
        _tutors(data_company.poor_tutors(reader, int(window)), whole),
        _recent(reader, asked, page),
    )
    files = offer(
        File("Groups", "rpt_first_session_patterns", {"window_days": window}),
        File("First sessions", "fct_first_sessions"),
    )
    return Page(title, body, section="First sessions", files=files)


def _headline(whole: Row, groups: Iterable[Row]) -> str:
    if whole["poor_rate"] is None:
        return f"Too few first sessions to say: {text.count(whole['judged_count'])} judged"
    above = [row for row in groups if row["poor_against_platform"] == "above"]
    above.sort(key=lambda row: row["poor_rate_low"], reverse=True)
    return f"{text.percent(whole['poor_rate'])} of first sessions were poor; {_standing(above)}"


def _standing(above: list[Row]) -> str:
    names = [_in_a_sentence(row) for row in above]
    if len(names) > _NAMED + 1:
        names = [*names[:_NAMED], f"{len(names) - _NAMED} more groups"]
    if not names:
        return "no subject, time of day or grade stands out"
    if len(names) == 1 and above[0]["kind"] != "local_hours":
        return f"{names[0]} stands out"
    return f"{text.sentence_list(names)} stand out"


def _in_a_sentence(row: Row) -> str:
    name = _group_name(row)
    return name.lower() if row["kind"] == "local_hours" else name


def _group_name(row: Row) -> str:
    value = str(row["group_value"])
    if row["kind"] == "local_hours":
        return _HOURS.get(value, value)
    return "Not told" if value == "not told" else value


def _meaning(reader: Reader, whole: Row) -> str:
    zone = data.freshness(reader)["time_zone"]
    return (
        "Poor means rated 2 or less, or missed by the tutor; first sessions without a rating are "
        f"not judged. As of {text.moment(whole['as_of'], zone)}, made anew each night."
    )


def _windows(window: str) -> Markup:
    return Markup('<div class="find">{}</div>').format(
        parts.chips("Window", "days", _WINDOWS, {"view": _VIEW, "days": window})
    )


def _figures(whole: Row) -> Markup:
    shown = [
        _figure(whole, "poor_rate", "judged_count", "were poor"),
        _figure(whole, "came_again_to_tutor_rate", "closed_count", "had a second with that tutor"),
        _figure(whole, "came_again_rate", "closed_count", "had a second with anyone"),
    ]
    return Markup('<dl class="kpis">{}</dl>').format(Markup("").join(shown))


def _figure(whole: Row, rate: str, of: str, label: str) -> Markup:
    return parts.figure(text.percent(whole[rate]), label, parts.doubt(whole, rate, of))


def _patterns(groups: Mapping[str, list[Row]], whole: Row) -> Markup:
    if whole["poor_rate"] is None:
        return Markup("")
    rows = [row for kind in groups.values() for row in kind]
    most = max((row["poor_rate_high"] or 0 for row in rows), default=0) or 1
    tables = [
        Markup("<h2>By {}</h2>{}").format(
            words.lower(),
            table(f"By {words.lower()}", _headings(words), [_pattern(row, most) for row in found]),
        )
        for kind, words in _KINDS.items()
        if (found := groups[kind])
    ]
    return Markup('<div class="wide">{}</div><p class="meta">{}</p>').format(
        Markup("").join(tables),
        "Dot: the rate. Band: its 90 % interval. Line: the platform's "
        f"{text.percent(whole['poor_rate'])}. A group is called poorer or better only when its "
        "whole interval is; by chance alone about one group in ten would be. A second session "
        "counts within two weeks.",
    )


def _headings(words: str) -> list[str]:
    return [words, "Poor first sessions", "Second session with that tutor"]


def _pattern(row: Row, most: float) -> tuple[Markup, Markup, Markup]:
    hours = row["group_value"] if row["group_value"] in _HOURS else ""
    name = Markup('{} {}<span class="meta">{}</span>').format(
        _group_name(row), _AGAINST.get(row["poor_against_platform"], ""), hours
    )
    return name, _poor(row, most), parts.rate(row, "came_again_to_tutor_rate", "closed_count")


def _poor(row: Row, most: float) -> Markup:
    return parts.drawn_rate(row, "poor_rate", "judged_count", row["platform_poor_rate"], most)


def _tutors(found: PoorTutors, whole: Row) -> Markup:
    if whole["poor_rate"] is None:
        return Markup("")
    most = max((row["poor_rate_high"] for row in found.rows), default=0) or 1
    rows = [
        (
            tutor_link(row),
            _poor(row, most),
            parts.rate(row, "came_again_to_tutor_rate", "closed_count"),
        )
        for row in found.rows
    ]
    first, rest = rows[:_FIRST_TUTORS], rows[_FIRST_TUTORS:]
    return Markup('<h2>Tutors</h2><p>{}</p><div class="wide">{}{}</div>').format(
        _tutors_told(found),
        table("Tutors whose first sessions are poorer", _headings("Tutor"), first) if first else "",
        _more_tutors(rest, found.total),
    )


def _tutors_told(found: PoorTutors) -> str:
    untold = f"{text.count(found.untold, 'tutor')} had too few to say." if found.untold else ""
    if not found.total:
        return text.listed([f"None of {text.count(found.told, 'tutor')} stands out.", untold], " ")
    told = (
        f"{found.total:,} of {text.count(found.told, 'tutor')} lie above the platform with their "
        "whole interval. Rates are drawn towards the platform's, the more the fewer sessions "
        "there are."
    )
    return text.listed([told, untold], " ")


def _more_tutors(rows: list[tuple[Markup, Markup, Markup]], total: int) -> Markup:
    if not rows:
        return Markup("")
    left = total - _FIRST_TUTORS
    words = f"{left:,} more" if left == len(rows) else f"{left:,} more, the worst {len(rows)} here"
    return Markup('<details id="more-tutors"><summary>{}</summary>{}</details>').format(
        words, table("More tutors", _headings("Tutor"), rows)
    )


def _recent(reader: Reader, asked: Mapping[str, str], page: int) -> Markup:
    found = data_company.poor_first_sessions(reader, page)
    if not found.rows:
        words = "None on this page." if found.total else "There was none."
        return Markup('<h2>Poor first sessions</h2><p class="meta">{}</p>').format(words)
    rows = [(_when(row), tutor_link(row), _what(row)) for row in found.rows]
    return Markup("<h2>{}, newest first</h2>{}{}").format(
        text.count(found.total, "poor first session"),
        table("Poor first sessions", ["When", "Tutor", "What happened"], rows),
        pager(page, POOR_PER_PAGE, found.total, asked),
    )


def _when(row: Row) -> Markup:
    return link(
        links.session_page("", row["session_id"]), text.moment(row["scheduled_start"], row["zone"])
    )


def _what(row: Row) -> Markup:
    happened = _OUTCOMES.get(row["outcome"]) or f"Rated {text.stars(row['student_rating'])}"
    again = {True: "had a second", False: "had no second with this tutor", None: ""}
    return Markup('{}<span class="meta">{}</span>').format(
        happened, text.listed([row["subject"], again[row["came_again_to_tutor"]]])
    )
