"""Wording of what the tutor's page and the brief say, beside the general words of `text`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from notebooks import text

Row = Mapping[str, Any]

NO_EVIDENCE = "no session behind it yet"
PARTS = {
    "reliability": "Moved or cancelled by the tutor",
    "attendance": "No-shows, late starts, early ends",
    "quality": "Ratings by students",
    "first_sessions": "First sessions",
}
_WEIGHT = "Weight is what age has left of a session: the older, the less it counts."
_EVENTS = f"Typical tutor is how often this happens in such a slot to a typical tutor. {_WEIGHT}"
_RATINGS = f"Typical tutor is the rating that such a slot gets on average. {_WEIGHT}"
RISKS = {
    "reschedule": "that the tutor moves it",
    "no_show": "that the tutor misses it",
    "poor_first_session": "of a poor first session",
}
RISK_NOTE = "Chances are told a few days ahead, from what is known of slot and tutor."
_TENURES = {
    "new": "have been here for less than 90 days",
    "months": "have been here for 90 days to a year",
    "years": "have been here for a year or more",
}


def name(card: Row) -> str:
    return str(card["display_name"] or card["tutor_id"])


def about(card: Row) -> str:
    """Returns who the tutor is, and of when and by which formula the figures are."""
    return text.listed(
        [
            text.listed(card["subjects"] or [], ", "),
            text.tenure(card["tenure_days"]),
            f"left on {text.day(card['left_on'])}" if card["left_on"] else "",
            card["region"],
            as_of(card),
        ]
    )


def as_of(card: Row) -> str:
    return f"as of {text.moment(card['as_of'], card['zone'])} · formula {card['formula_version']}"


def doubt(card: Row) -> str:
    """Returns how sure the score is, and from how much it is known."""
    return (
        f"with 90 % certainty between "
        f"{card['score_low']:.0f} and {card['score_high']:.0f}, from "
        f"{text.count(card['session_count'], 'session')} in {card['window_days']} days."
    )


def trend(card: Row, history: list[dict[str, Any]]) -> str:
    """Returns in words what the chart of the score shows."""
    scored = [row for row in history if row["score"] is not None]
    if card["score"] is None or len(scored) < 2:
        return f"{card['state_text']}." if card["score"] is None else _now(card)
    first = scored[0]
    return f"{first['score']:.0f} on {text.day(first['score_date'])}, {_now(card)}"


def _now(card: Row) -> str:
    return f"{card['score']:.0f} now, {doubt(card)}"


def chart_words(card: Row, history: list[dict[str, Any]], mark_count: int) -> str:
    """Returns the label of the score's chart for those who cannot see it."""
    marked = f" Marked: {text.count(mark_count, 'day')}, listed in the table." if mark_count else ""
    return f"Score by day with its 90 % band: {trend(card, history)}{marked}"


def score_on(row: Row) -> str:
    bounds = text.interval(row["score_low"], row["score_high"], 1)
    n = text.count(row["session_count"], "session")
    return f"{text.day(row['score_date'])}: {row['score']:.1f} ({bounds}), {n}"


def mark(row: Row) -> str:
    """Returns what was done on a day, such as `call, 14 Oct`; for a formula, which came then."""
    if "formula_version" in row:
        words = f"formula {row['formula_version']}"
    else:
        words = (text.reason(row["reason_code"]).lower() or text.ACTS[row["action"]])[:40]
    return f"{words}, {short_day(row['marked_on'])}"


def short_day(value: date) -> str:
    return f"{value.day} {value:%b}"


def soon(row: Row) -> str:
    """Returns day, start and zone of a session to come, without the year."""
    local = row["scheduled_start"].astimezone(ZoneInfo(row["zone"]))
    return f"{local:%a} {short_day(local)}, {local:%H:%M %Z}"


def session_ahead(row: Row, risks: list[dict[str, Any]]) -> str:
    """Returns a session to come in one line, with each chance that is worth a word."""
    first = "first session" if row["is_first_session"] else ""
    chances = [
        f"{whole_percent(risk['probability'])} chance {RISKS[risk['kind']]}"
        for risk in risks
        if risk["kind"] == "reschedule" or risk["severity"]
    ]
    return text.listed([soon(row), row["subject"], first, *chances])


def example(row: Row, part: Row) -> str:
    """Returns what happened in a session, with the rating where the part is about ratings."""
    is_rated = part["component"] in ("quality", "first_sessions") and row["student_rating"]
    rating = f"rated {row['student_rating']} of 5" if is_rated else ""
    return row["headline"] if rating in row["headline"] else f"{row['headline']}, {rating}"


def left_out(card: Row) -> str:
    platform, student = card["excluded_platform_count"], card["excluded_student_count"]
    if not platform and not student:
        return "Nothing was left out."
    causes = [
        f"{text.count(platform, 'session')} that the platform caused to fail" if platform else "",
        f"{text.count(student, 'session')} that the student caused to fail" if student else "",
    ]
    return f"Left out, since the tutor did not cause it: {text.listed(causes, ', ')}."


def part_words(card: Row, part: Row | None, total: int) -> str:
    """Returns what a part of the score says, what it comes to, and from how much."""
    points = f"{text.points(part['points'])} points" if part else ""
    reason = part["reason_text"] if part else ""
    behind = f"{text.count(total, 'session')} behind it" if total else ""
    return text.listed([points, reason, behind, as_of(card)])


def observed(row: Row, component: str) -> str:
    """Returns what a session counts as in a part of the score."""
    if component == "quality":
        return _rating(row)
    return "counts against the tutor" if row["observed"] else ""


def typical(row: Row, component: str) -> str:
    """Returns what a typical tutor would have had there: a rating, or a chance."""
    return (
        f"{5 - 4 * row['expected']:.1f}"
        if component == "quality"
        else whole_percent(row["expected"])
    )


def part_note(component: str) -> str:
    return _RATINGS if component == "quality" else _EVENTS


def whole_percent(share: float) -> str:
    """Returns a share in whole percent; what is little but not nothing is below one."""
    return "below\u00a01\u00a0%" if 0 < share < 0.005 else f"{100 * share:.0f}\u00a0%"


def peers(card: Row, band: Row | None) -> str:
    """Returns where a tutor stands among similar ones, and who these are."""
    if band is None or band["state"] != "told":
        found = text.count(band["peer_count"] if band else 0, "similar tutor")
        return f"Too few peers to compare: {found} with a score."
    who = " and ".join(
        words
        for words in (
            f"teach {band['main_subject']}" if band["main_subject"] != "not told" else "",
            _TENURES.get(band["tenure"], ""),
        )
        if words
    )
    group = f"Compared with tutors who {who}." if who else "Compared with tutors like this one."
    return f"{_place(card['score'], band)} {group}"


def _place(score: Any, band: Row) -> str:
    if score is None:
        return "No score to compare yet."
    if score < band["score_p10"]:
        return "Lower than nine in ten."
    if score > band["score_p90"]:
        return "Higher than nine in ten."
    return f"In the {'lower' if score < band['score_p50'] else 'upper'} half."


def came_again(row: Row) -> str:
    """Returns whether a student came again after a first session, and to whom."""
    if row["came_again_to_tutor"]:
        days = row["days_to_next_session_with_tutor"]
        return f"yes, after {text.count(days, 'day')}" if days else "yes, on the same day"
    if row["came_again_to_tutor"] is None:
        return "not yet; to another tutor" if row["came_again"] else "not yet"
    return "to another tutor" if row["came_again"] else "no"


def first_outcome(row: Row) -> str:
    """Returns what the headline of a first session does not say already."""
    return _rating(row) if row["outcome"] == "held" else ""


def _rating(row: Row) -> str:
    rating = f"rated {row['student_rating']} of 5" if row["student_rating"] else "not rated"
    return "" if rating in row["headline"] else rating


def first_rate(pattern: Row, rate: str, count: str, what: str) -> str:
    """Returns a rate of first sessions, interval, n and the platform's, or that it is unsaid."""
    n = f"n {text.count(pattern[count])}"
    if pattern[rate] is None:
        return f"{what}: too few to say ({n})."
    bounds = text.percent_interval(pattern[f"{rate}_low"], pattern[f"{rate}_high"])
    return (
        f"{what}: {text.percent(pattern[rate])} (90 % interval {bounds}, {n}); "
        f"all tutors {text.percent(pattern[f'platform_{rate}'])}."
    )
