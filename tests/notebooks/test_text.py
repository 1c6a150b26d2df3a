from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from notebooks import text


@pytest.mark.parametrize(
    ("needing", "words"),
    [
        (0, "Nobody needs attention. 214 tutors checked."),
        (1, "One tutor needs you today"),
        (7, "Seven tutors need you today"),
        (21, "21 tutors need you today"),
    ],
)
def test_headline_says_how_many_in_words(needing: int, words: str) -> None:
    assert text.headline(needing, 214) == words


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        (0.3, "fewer than one of these 7 is likely a false alarm"),
        (1.2, "about 1 of these 7 is likely a false alarm"),
        (2.4, "about 2 of these 7 are likely false alarms"),
    ],
)
def test_false_alarms_are_told_in_words(expected: float, words: str) -> None:
    assert text.false_alarms(expected, 7) == words
    assert text.false_alarms(expected, 0) == ""


@pytest.mark.parametrize(
    ("value", "whole", "exact"),
    [
        ("-14.2", "\u221214", "\u221214.2"),
        ("1.3", "+1", "+1.3"),
        ("-0.4", "\u22120.4", "\u22120.4"),
    ],
)
def test_points_carry_a_real_sign_and_small_ones_a_decimal(
    value: str, whole: str, exact: str
) -> None:
    assert (text.points(Decimal(value), 0), text.points(Decimal(value))) == (whole, exact)


def test_points_of_nothing_have_no_sign() -> None:
    assert text.points(Decimal("0.0")) == text.points(-0.01) == "0.0"


def test_change_is_silent_when_it_is_not_known() -> None:
    assert text.change(None) == ""
    assert text.change(Decimal("0.3")) == "About the same as 30 days ago."
    assert text.change(Decimal("-5.2")) == "Down 5.2 points in 30 days."


def test_interval_never_shows_a_negative_zero() -> None:
    assert text.percent_interval(-6.4e-18, 0.0699) == "0.0\u20137.0"


def test_not_known_is_not_zero() -> None:
    assert (text.count(0), text.count(None)) == ("0", text.NOT_KNOWN)
    assert text.percent(0.0) == "0.0 %"
    assert text.percent(None) == text.NOT_KNOWN


def test_moments_are_shown_in_the_given_zone_through_a_change_of_clocks() -> None:
    before = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    after = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
    assert text.moment(before, "America/Chicago") == "1 Nov 2026, 00:30 CDT"
    assert text.moment(after, "America/Chicago") == "1 Nov 2026, 02:30 CST"


@pytest.mark.parametrize(
    ("days", "words"), [(None, ""), (1, "with us 1 day"), (425, "with us 13 months")]
)
def test_tenure_is_told_in_the_largest_fitting_unit(days: int | None, words: str) -> None:
    assert text.tenure(days) == words
