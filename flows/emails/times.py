"""When somebody's digests are due and until when it is quiet, in the clock of their own zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from core.choices import Choices

Edition = Literal["daily", "weekly"]
_DAYS: dict[Edition, int] = {"daily": 1, "weekly": 7}


def editions(choices: Choices) -> list[Edition]:
    """Returns the digests that somebody gets."""
    if choices.mode == "off":
        return []
    chosen: dict[str, list[Edition]] = {
        "daily": ["daily"],
        "weekly": ["weekly"],
        "both": ["daily", "weekly"],
    }
    return chosen[choices.digest]


def last_digest(choices: Choices, edition: Edition, now: datetime) -> datetime:
    """Returns when the newest digest of that edition was due: at or before `now`."""
    day = now.astimezone(ZoneInfo(choices.time_zone)).date()
    day -= timedelta(days=day.weekday() if edition == "weekly" else 0)
    due = _at(choices, day, choices.digest_at)
    return due if due <= now else _at(choices, day - _step(edition), choices.digest_at)


def next_digest(choices: Choices, now: datetime) -> datetime:
    """Returns when the next digest of any edition is due: after `now`."""
    return min(_following(choices, edition, now) for edition in editions(choices))


def digest_day(choices: Choices, due: datetime) -> date:
    """Returns the day that a digest due at `due` is of, in the zone of who gets it."""
    return due.astimezone(ZoneInfo(choices.time_zone)).date()


def quiet_until(choices: Choices, now: datetime) -> datetime | None:
    """Returns when the quiet hours that `now` lies in are over, or None."""
    if choices.quiet_from is None or choices.quiet_until is None:
        return None
    local = now.astimezone(ZoneInfo(choices.time_zone))
    clock, day = local.time(), local.date()
    if choices.quiet_from <= choices.quiet_until:
        is_quiet, ends = choices.quiet_from <= clock < choices.quiet_until, day
    else:  # over midnight
        is_quiet = clock >= choices.quiet_from or clock < choices.quiet_until
        ends = day + timedelta(days=1) if clock >= choices.quiet_from else day
    return _at(choices, ends, choices.quiet_until) if is_quiet else None


def next_hour(now: datetime) -> datetime:
    """Returns the next full hour."""
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def _following(choices: Choices, edition: Edition, now: datetime) -> datetime:
    day = digest_day(choices, last_digest(choices, edition, now))
    return _at(choices, day + _step(edition), choices.digest_at)


def _step(edition: Edition) -> timedelta:
    return timedelta(days=_DAYS[edition])


def _at(choices: Choices, day: date, clock: time) -> datetime:
    # a clock time that summer time skips is the one an hour later; one that comes twice, the first
    return datetime.combine(day, clock, ZoneInfo(choices.time_zone)).astimezone(UTC)
