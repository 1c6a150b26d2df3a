"""Composes a letter from a report. Pure: the same report gives the same letter, to the byte."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from email.utils import parseaddr
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from core import links
from flows.emails.report import Report

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
DOT = " \N{MIDDLE DOT} "
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


@dataclass(frozen=True)
class Letterhead:
    """What all letters of one workbench share. `time_zone` serves sessions that name none."""

    web_url: str
    sender: str
    time_zone: str
    is_demo: bool = False

    @property
    def domain(self) -> str:
        """Returns the part of the sender's address after the @."""
        return parseaddr(self.sender)[1].rpartition("@")[2] or "workbench.invalid"


@dataclass(frozen=True)
class Letter:
    """A composed letter: what is read, and the headers that mail programs sort by."""

    subject: str
    html: str
    text: str
    message_id: str
    headers: dict[str, str]


def render_letter(report: Report, letterhead: Letterhead, message_id: str) -> Letter:
    """Returns the letter about one session outcome; both parts say the same from one context."""
    context = _context(report, letterhead)
    return Letter(
        subject=_subject(report, is_demo=letterhead.is_demo),
        html=_templates().get_template("session.html.j2").render(context),
        text=_templates().get_template("session.txt.j2").render(context),
        message_id=message_id,
        headers={
            "References": report.thread_id(letterhead.domain),
            "List-Id": f"Tutor Workbench letters <letters.{letterhead.domain}>",
            "Auto-Submitted": "auto-generated",
            "X-Workbench-Session": report.session_id,
            "X-Workbench-Severity": report.severity,
        },
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("flows.emails"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def _context(report: Report, letterhead: Letterhead) -> dict[str, Any]:
    zone = ZoneInfo(report.time_zone or letterhead.time_zone)
    reasons = [(_signed(reason.points), reason.reason_text) for reason in report.reasons]
    return {
        "is_demo": letterhead.is_demo,
        "severity": report.severity,
        "headline": report.headline,
        "preheader": reasons[0][1] if reasons else report.state_text or report.headline,
        "display_name": report.display_name,
        "what": _what(report),
        "when": _when(report, zone),
        "reasons": reasons,
        "state_text": None if report.score_state == "scored" else report.state_text,
        "facts": [("Tutor's score", _score_words(report)), *_facts(report)],
        "session_url": links.session_page(letterhead.web_url, report.session_id),
        "tutor_url": links.tutor_page(letterhead.web_url, report.tutor_id),
        "session_id": report.session_id,
        "as_of": _moment(report.as_of.astimezone(zone)),
        "formula_version": report.formula_version,
    }


def _facts(report: Report) -> list[tuple[str, str]]:
    return [(fact.label, fact.value or "not known") for fact in report.facts]


def _subject(report: Report, *, is_demo: bool) -> str:
    """Returns e.g. `[HIGH] Rivera T. · first session, score 41 · S-8F2K`, never a student."""
    parts = ["DEMO"] if is_demo else []
    parts += [_short_name(report.display_name), f"{_event(report)}, {_verdict(report)}"]
    return f"[{report.severity}] " + DOT.join([*parts, report.session_id])


def _short_name(display_name: str) -> str:
    words = display_name.split()
    if len(words) > 1 and not words[-1].endswith("."):
        return f"{_cut(words[-1], 20)} {words[0][0]}."
    return _cut(display_name, 24)


def _event(report: Report) -> str:
    if report.status == "completed":
        what = report.headline[:1].lower() + report.headline[1:]
        return "first session" if report.is_first_session else _cut(what, 32)
    what = _EVENTS.get((report.status, report.caused_by or "unknown"), "no-show")
    return f"first session, {what}" if report.is_first_session else what


def _verdict(report: Report) -> str:
    if report.score is None:
        return report.score_state.replace("_", " ")
    return f"score {report.score:.0f}{_change(report.score, report.score_before)}"


def _change(score: Decimal, before: Decimal | None) -> str:
    # of the rounded scores, so that it agrees with the "45 → 41" that the letter shows
    change = round(score) - round(score if before is None else before)
    return f" ({_signed(change)})" if change else ""


def _score_words(report: Report) -> str:
    if report.score is None:
        return report.score_state.replace("_", " ")
    before = (
        "" if report.score_before is None else f"{report.score_before:.0f} \N{RIGHTWARDS ARROW} "
    )
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
    return f"{_day(start)}, {start:%H:%M}{DASH}{end:%H:%M} {_zone_words(start)}"


def _moment(moment: datetime) -> str:
    return f"{_day(moment)}, {moment:%H:%M:%S} {_zone_words(moment)}"


def _day(moment: datetime) -> str:
    return f"{moment:%a} {moment.day} {moment:%b %Y}"


def _zone_words(moment: datetime) -> str:
    # zones without an abbreviation of their own have a bare offset such as -03 for a name
    name = moment.tzname() or ""
    return name if name.isalpha() else f"UTC{name.replace('-', MINUS)}"


def _signed(number: Decimal | int) -> str:
    return f"{number:+}".replace("-", MINUS)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
