"""Digests and quiet hours go by the clock on the wall of who gets them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.choices import Choices, make_choices
from flows.emails.times import (
    digest_day,
    editions,
    last_digest,
    next_digest,
    next_hour,
    quiet_until,
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "now", "last", "following"),
    [
        ("America/Chicago", "2026-11-20T12:59Z", "2026-11-19T13:00Z", "2026-11-20T13:00Z"),
        ("America/Chicago", "2026-11-20T13:00Z", "2026-11-20T13:00Z", "2026-11-21T13:00Z"),
        ("Asia/Kolkata", "2026-11-20T13:00Z", "2026-11-20T01:30Z", "2026-11-21T01:30Z"),
        # the night that summer time ends has 25 hours, and digests stay at seven
        ("America/Chicago", "2026-10-31T12:00Z", "2026-10-31T12:00Z", "2026-11-01T13:00Z"),
    ],
)
def test_a_daily_digest_is_due_at_its_time_of_day(
    zone: str, now: str, last: str, following: str
) -> None:
    choices = Choices(time_zone=zone)
    assert last_digest(choices, "daily", at(now)) == at(last)
    assert next_digest(choices, at(now)) == at(following)


@pytest.mark.parametrize(
    ("now", "last", "following"),
    [
        ("2026-11-22T18:00Z", "2026-11-16T13:00Z", "2026-11-23T13:00Z"),  # a Sunday
        ("2026-11-23T12:00Z", "2026-11-16T13:00Z", "2026-11-23T13:00Z"),  # Monday, too early
        ("2026-11-23T13:00Z", "2026-11-23T13:00Z", "2026-11-30T13:00Z"),
    ],
)
def test_a_weekly_digest_is_due_on_mondays(now: str, last: str, following: str) -> None:
    choices = Choices(digest="weekly")
    assert last_digest(choices, "weekly", at(now)) == at(last)
    assert next_digest(choices, at(now)) == at(following)


def test_of_both_digests_the_next_one_counts() -> None:
    choices = Choices(digest="both")
    assert editions(choices) == ["daily", "weekly"]
    assert next_digest(choices, at("2026-11-20T13:00Z")) == at("2026-11-21T13:00Z")


def test_who_wants_nothing_has_no_digest() -> None:
    assert editions(Choices(mode="off", digest="both")) == []


def test_a_digest_is_of_the_day_where_it_is_read() -> None:
    choices = Choices(time_zone="Pacific/Auckland")
    assert str(digest_day(choices, at("2026-11-20T18:00Z"))) == "2026-11-21"


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-20T21:59-06:00", None),
        ("2026-11-20T22:00-06:00", "2026-11-21T06:30-06:00"),
        ("2026-11-21T06:29-06:00", "2026-11-21T06:30-06:00"),
        ("2026-11-21T06:30-06:00", None),
    ],
)
def test_quiet_hours_go_over_midnight(now: str, until: str | None) -> None:
    choices = make_choices(quiet_from="22:00", quiet_until="06:30")
    assert quiet_until(choices, at(now)) == (at(until) if until else None)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-20T11:59-06:00", None),
        ("2026-11-20T12:00-06:00", "2026-11-20T13:00-06:00"),
        ("2026-11-20T13:00-06:00", None),
    ],
)
def test_quiet_hours_within_a_day(now: str, until: str | None) -> None:
    choices = make_choices(quiet_from="12:00", quiet_until="13:00")
    assert quiet_until(choices, at(now)) == (at(until) if until else None)


def test_without_quiet_hours_it_is_never_quiet() -> None:
    assert quiet_until(Choices(), at("2026-11-20T03:00-06:00")) is None


def test_the_next_full_hour_comes_after_now() -> None:
    assert next_hour(at("2026-11-20T13:00Z")) == at("2026-11-20T14:00Z")
    assert next_hour(at("2026-11-20T13:59:59Z")) == at("2026-11-20T14:00Z")
