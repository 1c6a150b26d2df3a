"""How numbers, names and moments are written in letters."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
DOT = " \N{MIDDLE DOT} "
ARROW = " \N{RIGHTWARDS ARROW} "


def signed(number: Decimal | float) -> str:
    """Returns a number with its sign, a true minus among them."""
    return f"{number:+}".replace("-", MINUS)


def moment(at: datetime) -> str:
    """Returns day, time and zone of `at`, in the zone that it carries."""
    return f"{day(at)}, {at:%H:%M:%S} {zone_words(at)}"


def day(on: date) -> str:
    """Returns e.g. `Fri 20 Nov 2026`."""
    return f"{on:%a} {on.day} {on:%b %Y}"


def zone_words(at: datetime) -> str:
    """Returns the zone's abbreviation, or its offset where it has no name but that."""
    name = at.tzname() or ""
    return name if name.isalpha() else f"UTC{name.replace('-', MINUS)}"


def short_name(display_name: str) -> str:
    """Returns `Rivera T.` of `Teresa Rivera`."""
    words = display_name.split()
    if len(words) > 1 and not words[-1].endswith("."):
        return f"{cut(words[-1], 20)} {words[0][0]}."
    return cut(display_name, 24)


def cut(text: str, length: int) -> str:
    """Returns at most `length` characters of `text`, with an ellipsis if some are left off."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def counted(number: int, noun: str) -> str:
    """Returns `1 report`, `143 reports`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def percent(share: float | None) -> str:
    """Returns a share as a percentage, or words when it is not known."""
    return "not known" if share is None else f"{share * 100:.1f} %"


def percent_with_interval(share: float | None, low: float | None, high: float | None) -> str:
    """Returns a share with its 90 % interval."""
    if share is None or low is None or high is None:
        return "not known"
    return f"{share * 100:.1f} % ({low * 100:.1f}{DASH}{high * 100:.1f})"
