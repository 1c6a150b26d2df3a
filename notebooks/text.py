"""Wording of numbers, moments and states: the one place where values become words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

Number = int | float | Decimal

_DASH = "\u2013"
NOT_KNOWN = _DASH
_SMALL = [
    *("Nobody", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"),
    *("Eleven", "Twelve", "Thirteen", "Fourteen", "Fifteen", "Sixteen", "Seventeen"),
    *("Eighteen", "Nineteen", "Twenty"),
]
STATES = {
    "scored": "Scored",
    "new_tutor": "New tutor",
    "not_enough_recent_data": "Too few sessions to say",
}
ACTS = {
    "acknowledge": "seen",
    "assign": "taken or given",
    "snooze": "snoozed",
    "resolve": "resolved",
    "dismiss": "called wrong",
    "dispute": "disputed",
    "note": "noted",
}
HELPED_BY = {
    "talked": "Talked with the tutor",
    "training": "Training",
    "schedule": "Changed the schedule",
    "observed": "Observed a session",
    "other": "Something else",
}
WRONG_BY = {
    "data": "The data are wrong",
    "outage": "Technical trouble",
    "agreed": "It was agreed, such as a holiday",
    "other": "Something else",
}
_REASONS = HELPED_BY | WRONG_BY
CAUSES = {
    "tutor": "The tutor",
    "student": "The student",
    "platform": "The platform",
    "unknown": "Not known",
}


def reason(code: str | None) -> str:
    """Returns the words of a reason that our forms offer; a sender's own code as it is."""
    return _REASONS.get(code or "", (code or "").replace("_", " "))


def count(number: Number | None, noun: str = "") -> str:
    """Returns `number` with thousands separated, and `noun` in singular or plural after it."""
    if number is None:
        return NOT_KNOWN
    words = f"{number:,.0f}"
    return words if not noun else f"{words} {noun}{'' if words == '1' else 's'}"


def headline(needing: int, checked: int) -> str:
    """Returns how many tutors need somebody today, as a sentence."""
    if needing == 0:
        return f"Nobody needs attention. {count(checked, 'tutor')} checked."
    words = _SMALL[needing] if needing < len(_SMALL) else count(needing)
    return f"{words} tutor{' needs' if needing == 1 else 's need'} you today"


def false_alarms(expected: float, shown: int) -> str:
    """Returns how many of the `shown` cases are likely false, or nothing when none is shown."""
    if shown == 0:
        return ""
    if expected < 1:
        return f"fewer than one of these {shown} is likely a false alarm"
    if round(expected) == 1:
        return f"about 1 of these {shown} is likely a false alarm"
    return f"about {expected:.0f} of these {shown} are likely false alarms"


def points(value: Number, digits: int = 1) -> str:
    """Returns signed score points, with a real minus sign. A small value keeps its decimal."""
    shown = f"{value:+.{1 if -1 < value < 1 else digits}f}"
    return "0.0" if float(shown) == 0 else shown.replace("-", "\u2212")


def change(value: Number | None) -> str:
    """Returns how the score moved in 30 days, or nothing when that is not known."""
    if value is None:
        return ""
    if -1 < value < 1:
        return "About the same as 30 days ago."
    return f"{'Up' if value > 0 else 'Down'} {abs(float(value)):.1f} points in 30 days."


def interval(low: Number | None, high: Number | None, digits: int = 0) -> str:
    """Returns both ends of an interval; where it ends at zero, never a negative zero."""
    if low is None or high is None:
        return NOT_KNOWN
    ends = [f"{value:.{digits}f}" for value in (low, high)]
    return _DASH.join(end.replace("-0", "0") if float(end) == 0 else end for end in ends)


def percent(rate: float | None) -> str:
    return NOT_KNOWN if rate is None else f"{100 * rate:.1f} %"


def reviews(row: dict[str, Any]) -> str:
    """Returns in words what one grader said about a tutor's sessions."""
    who = f"{count(row['review_count'], 'review')} in {row['window_days']} days by {row['grader']}"
    if row["points"] is None:
        return f"{who}: too few for an average."
    ends = interval(row["points_low"], row["points_high"])
    return (
        f"{who}: {row['points']:.0f} of 100 points (90 % interval {ends}); "
        f"all tutors {row['platform_points']:.0f} (n {row['platform_review_count']:,})."
    )


def percent_interval(low: float | None, high: float | None) -> str:
    """Returns an interval of shares in percent, without the sign."""
    if low is None or high is None:
        return NOT_KNOWN
    return interval(100 * low, 100 * high, 1)


def percent_points(change: float) -> str:
    """Returns the signed difference of two shares in percentage points."""
    return points(100 * change)


def days_open(days: int) -> str:
    return "New today" if days == 0 else f"Open {count(days, 'day')}"


def tenure(days: int | None) -> str:
    """Returns how long a tutor has been here, in days, months or years; nothing if not known."""
    if days is None:
        return ""
    if days < 60:
        return f"with us {count(days, 'day')}"
    months = days * 12 // 365
    if months < 24:
        return f"with us {count(months, 'month')}"
    return f"with us {count(months // 12, 'year')}"


def listed(words: Sequence[str | None], between: str = " · ") -> str:
    """Returns the words that there are, in one line."""
    return between.join(word for word in words if word)


def sentence_list(words: Sequence[str]) -> str:
    """Returns the words as they stand in a sentence: one, two and three."""
    *rest, last = words
    return f"{', '.join(rest)} and {last}" if rest else last


def day(value: date) -> str:
    """Returns a date such as `Sun 22 Nov 2026`."""
    return f"{value:%a} {value.day} {value:%b %Y}"


def days(first: date, last: date) -> str:
    """Returns a span of days with the month said once, if it is one."""
    start = f"{first.day}" if first.month == last.month else f"{first.day} {first:%b}"
    return f"{start}{_DASH}{last.day} {last:%b %Y}"


def hours(value: float) -> str:
    """Returns how long until something, in minutes, hours or days."""
    if value < 1:
        return f"{60 * value:.0f} min"
    return f"{value:.0f} h" if value < 36 else count(value / 24, "day")


def seconds(value: float | None) -> str:
    """Returns a duration in seconds, minutes or hours; a dash when it is not known."""
    if value is None:
        return NOT_KNOWN
    if value < 120:
        return f"{value:.0f} s"
    return f"{value / 60:.0f} min" if value < 7_200 else f"{value / 3_600:.0f} h"


def moment(value: datetime, zone: str) -> str:
    """Returns a moment in `zone` with the zone's abbreviation, never a bare clock time."""
    local = value.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%b %Y, %H:%M %Z}"


def clock(value: datetime | None, zone: str) -> str:
    """Returns the time of day in `zone`, to the second; a dash when it is not known."""
    return NOT_KNOWN if value is None else f"{value.astimezone(ZoneInfo(zone)):%H:%M:%S}"


def slot(start: datetime, end: datetime, zone: str) -> str:
    """Returns day, start, end and zone of a slot, in that zone."""
    first, last = (value.astimezone(ZoneInfo(zone)) for value in (start, end))
    return f"{day(first.date())}, {first:%H:%M}{_DASH}{last:%H:%M %Z}"


def yes_no(value: bool | None) -> str:
    return NOT_KNOWN if value is None else "yes" if value else "no"


def zone_name(value: datetime, zone: str) -> str:
    """Returns the abbreviation of `zone` at that moment, such as CST."""
    return f"{value.astimezone(ZoneInfo(zone)):%Z}"


def stars(rating: int | None) -> str:
    return "not given" if rating is None else f"{rating} of 5"
