"""The letter about one session. Pure: the same report gives the same letter, to the byte."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from core import links
from core.recipients import Recipient
from core.words import FLAG_KINDS
from flows.emails.render import Letter, Letterhead, render
from flows.emails.report import Flag, Report
from flows.emails.wording import (
    ARROW,
    DASH,
    DOT,
    cut,
    day,
    moment,
    short_name,
    signed,
    zone_words,
)

_REASONS = 3
# a picture of fewer scores, or of scores that hardly move, says no more than the words do
_TREND_POINTS, _TREND_RANGE = 4, 3
_BAR_HEIGHT = 32
_EVENTS = {
    ("rescheduled", "tutor"): "moved by the tutor",
    ("rescheduled", "student"): "moved by the student",
    ("rescheduled", "platform"): "moved by the platform",
    ("rescheduled", "unknown"): "moved",
    ("cancelled", "tutor"): "cancelled by the tutor",
    ("cancelled", "student"): "cancelled by the student",
    ("cancelled", "platform"): "cancelled by the platform",
    ("cancelled", "unknown"): "cancelled",
    ("no_show", "tutor"): "tutor did not come",
    ("no_show", "student"): "student did not come",
}


def session_letter(
    report: Report, letterhead: Letterhead, message_id: str, recipient: Recipient
) -> Letter:
    """Returns the letter about one session outcome."""
    headers = {
        "References": report.thread_id(letterhead.domain),
        "X-Workbench-Session": report.session_id,
        "X-Workbench-Severity": report.severity,
    }
    subject = _subject(report, is_demo=letterhead.is_demo)
    context = _context(report, letterhead)
    return render("session", context, subject, message_id, headers, letterhead, recipient)


def event_words(report: Report) -> str:
    """Returns in a few words what happened."""
    if report.status == "completed":
        what = report.headline[:1].lower() + report.headline[1:]
        return "first session" if report.is_first_session else cut(what, 32)
    what = _EVENTS.get((report.status, report.caused_by or "unknown"), "no-show")
    return f"first session, {what}" if report.is_first_session else what


def suggestion(report: Report) -> str | None:
    """Returns what a coach might do about the session, if anything."""
    if report.status == "no_show" and report.caused_by == "tutor":
        return "Call the tutor today, and see that the student is offered another time."
    if report.severity == "HIGH":
        return "Ask the family how it went before the next lesson, and talk to the tutor."
    if report.severity == "WATCH" and report.flag:
        return "Bring it up when you talk to the tutor about what is flagged."
    if report.severity == "WATCH":
        return "One such session needs nothing more; look again if it repeats."
    return None


def flag_words(flag: Flag) -> str:
    """Returns which flag of the tutor is open, for how long, and what would clear it."""
    since = "today" if flag.days_open < 1 else f"{flag.days_open} days ago"
    words = f"Flagged for {FLAG_KINDS.get(flag.kind, flag.kind)}, opened {since}."
    return f"{words} {flag.clears_text}" if flag.clears_text else words


def _context(report: Report, letterhead: Letterhead) -> dict[str, Any]:
    zone = ZoneInfo(report.time_zone or letterhead.time_zone)
    reasons = [(signed(one.points), one.reason_text) for one in report.reasons[:_REASONS]]
    return {
        "severity": report.severity,
        "headline": report.headline,
        "preheader": reasons[0][1] if reasons else report.state_text or report.headline,
        "display_name": report.display_name,
        "what": _what(report),
        "when": _when(report, zone),
        "reasons": reasons,
        "state_text": None if report.score_state == "scored" else report.state_text,
        "suggestion": suggestion(report),
        "flag_text": flag_words(report.flag) if report.flag else None,
        "facts": [("Tutor's score", _score_words(report)), *_facts(report)],
        "trend": _trend(report),
        "session_url": links.session_page(letterhead.web_url, report.session_id),
        "tutor_url": links.tutor_page(letterhead.web_url, report.tutor_id),
        "session_id": report.session_id,
        "as_of": moment(report.as_of.astimezone(zone)),
        "formula_version": report.formula_version,
    }


def _facts(report: Report) -> list[tuple[str, str]]:
    return [(fact.label, fact.value or "not known") for fact in report.facts]


def _trend(report: Report) -> dict[str, Any] | None:
    scores = [round(point.score) for point in report.trend]
    if len(scores) < _TREND_POINTS or max(scores) - min(scores) < _TREND_RANGE:
        return None
    lowest, spread = min(scores), max(scores) - min(scores)
    heights = [4 + round((score - lowest) / spread * (_BAR_HEIGHT - 4)) for score in scores]
    return {
        "caption": f"Score by week, from {day(report.trend[0].on)}: "
        + ", ".join(str(score) for score in scores),
        "bars": heights,
        "height": _BAR_HEIGHT,
    }


def _subject(report: Report, *, is_demo: bool) -> str:
    """Returns e.g. `[HIGH] Rivera T. · first session, score 41 · S-8F2K`, never a student."""
    parts = ["DEMO"] if is_demo else []
    parts += [short_name(report.display_name), f"{event_words(report)}, {_verdict(report)}"]
    return f"[{report.severity}] " + DOT.join([*parts, report.session_id])


def _verdict(report: Report) -> str:
    if report.score is None:
        return report.score_state.replace("_", " ")
    return f"score {report.score:.0f}{_change(report.score, report.score_before)}"


def _change(score: Decimal, before: Decimal | None) -> str:
    # of the rounded scores, so that it agrees with the "45 → 41" that the letter shows
    change = round(score) - round(score if before is None else before)
    return f" ({signed(change)})" if change else ""


def _score_words(report: Report) -> str:
    if report.score is None:
        return report.score_state.replace("_", " ")
    before = "" if report.score_before is None else f"{report.score_before:.0f}{ARROW}"
    return (
        f"{before}{report.score:.0f} (90 % interval "
        f"{report.score_low:.0f}{DASH}{report.score_high:.0f}, from {report.session_count:,} "
        f"sessions in {report.window_days} days)"
    )


def _what(report: Report) -> str:
    first = "first session with this student" if report.is_first_session else None
    return ", ".join(part for part in (report.subject, first) if part)


def _when(report: Report, zone: ZoneInfo) -> str:
    start, end = report.scheduled_start.astimezone(zone), report.scheduled_end.astimezone(zone)
    return f"{day(start)}, {_clock(start)}{DASH}{_clock(end)} {zone_words(start)}"


def _clock(at: datetime) -> str:
    return f"{at:%H:%M}"
