"""Who is told what, and when: by mode, scope, budget, quiet hours, and what they know already."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from core.choices import make_choices
from core.recipients import Recipient
from flows.emails.outbox import Told
from flows.emails.policy import Decision, decide, rank
from flows.emails.report import Report
from tests.flows.emails.marts_world import NOW

ReportMaker = Callable[..., Report]
Decide = Callable[..., Decision | None]
# of NOW, a Friday at 17:41 in Chicago
NEXT_HOUR = datetime(2026, 11, 21, 0, tzinfo=UTC)
NEXT_MORNING = datetime(2026, 11, 21, 13, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 13, tzinfo=UTC)
AT_ONCE = Decision(NOW)


@pytest.fixture
def told_of(make_report: ReportMaker, recipient: Recipient) -> Decide:
    """Returns a function that decides about a report, for somebody with such choices."""

    def told_of(
        told: Told | None = None,
        sent_in_hour: int = 0,
        is_storm: bool = False,
        report: dict[str, Any] | None = None,
        **choices: object,
    ) -> Decision | None:
        who = recipient.model_copy(update={"choices": make_choices(**choices)})
        found = make_report(**report or {})
        return decide(found, who, told, sent_in_hour, is_storm=is_storm, now=NOW)

    return told_of


@pytest.mark.parametrize(
    ("mode", "severity", "expected"),
    [
        ("every_session", "HIGH", AT_ONCE),
        ("every_session", "INFO", AT_ONCE),
        ("flagged", "HIGH", AT_ONCE),
        ("flagged", "WATCH", Decision(NEXT_MORNING, "digest")),
        ("digest", "HIGH", Decision(NEXT_MORNING, "digest")),
        ("off", "HIGH", None),
    ],
)
def test_the_mode_says_what_comes_at_once(
    told_of: Decide, mode: str, severity: str, expected: Decision | None
) -> None:
    assert told_of(mode=mode, report={"severity": severity}) == expected


def test_what_is_held_waits_for_the_digest_that_was_chosen(told_of: Decide) -> None:
    assert told_of(mode="digest", digest="weekly") == Decision(MONDAY, "digest")


@pytest.mark.parametrize(
    ("scope", "is_told"),
    [
        ({}, True),
        ({"teams": ["maria@qa.example"]}, True),
        ({"teams": ["MARIA@qa.example"]}, True),
        ({"teams": ["omar@qa.example"]}, False),
        ({"subjects": ["Physics", "algebra"]}, True),
        ({"subjects": ["Physics"]}, False),
        ({"tutors": ["T-1"]}, True),
        ({"tutors": ["T-10"]}, False),
        ({"teams": ["maria@qa.example"], "subjects": ["Physics"]}, False),
        ({"teams": ["maria@qa.example"], "subjects": ["Algebra"], "tutors": ["T-1"]}, True),
    ],
)
def test_every_scope_that_is_set_has_to_be_met(
    told_of: Decide, scope: dict[str, list[str]], is_told: bool
) -> None:
    report = {"manager_email": "maria@qa.example"}
    assert (told_of(report=report, **scope) is not None) == is_told


def test_a_session_without_team_or_subject_is_in_no_scope_of_them(told_of: Decide) -> None:
    report = {"manager_email": None, "subject": None}
    assert told_of(report=report, teams=["maria@qa.example"]) is None
    assert told_of(report=report, subjects=["Algebra"]) is None
    assert told_of(report=report) == AT_ONCE


@pytest.mark.parametrize(
    ("told", "report", "expected"),
    [
        (Told(1, "completed", "OK"), {"version": 2, "severity": "HIGH"}, AT_ONCE),
        (Told(1, "completed", "OK"), {"version": 2, "severity": "OK"}, None),
        (Told(1, "completed", "HIGH"), {"version": 2, "severity": "WATCH"}, None),
        (Told(1, "no_show", "HIGH"), {"version": 2}, Decision(NEXT_MORNING, "correction")),
        (Told(2, "completed", "OK"), {"version": 1, "severity": "HIGH"}, None),
        (Told(2, "no_show", "OK"), {"version": 1}, None),
    ],
)
def test_a_correction_comes_at_once_only_when_it_is_worse(
    told_of: Decide, told: Told, report: dict[str, Any], expected: Decision | None
) -> None:
    assert told_of(told=told, report=report) == expected


def test_the_budget_of_an_hour_holds_the_rest_until_the_hour_is_full(told_of: Decide) -> None:
    assert told_of(hourly_budget=2, sent_in_hour=1) == AT_ONCE
    assert told_of(hourly_budget=2, sent_in_hour=2) == Decision(NEXT_HOUR, "budget")


def test_in_quiet_hours_flagged_letters_wait_and_the_rest_is_told_together(
    told_of: Decide,
) -> None:
    quiet = {"quiet_from": "17:00", "quiet_until": "08:00"}
    morning = datetime(2026, 11, 21, 14, tzinfo=UTC)
    assert told_of(**quiet) == Decision(morning)
    assert told_of(**quiet, report={"severity": "OK"}) == Decision(morning, "quiet")


def test_in_a_storm_flagged_letters_are_held_and_others_are_not(told_of: Decide) -> None:
    assert told_of(is_storm=True) == Decision(NEXT_HOUR, "storm")
    assert told_of(is_storm=True, report={"severity": "OK"}) == AT_ONCE
    assert told_of(is_storm=True, mode="digest") == Decision(NEXT_MORNING, "digest")


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        ({"severity": "HIGH", "is_first_session": False}, 1),
        ({"severity": "OK", "is_first_session": True}, 1),
        (
            {
                "severity": "OK",
                "is_first_session": False,
                "flag": {"kind": "drift", "days_open": 1, "clears_text": None},
            },
            1,
        ),
        ({"severity": "WATCH", "is_first_session": False}, 2),
        ({"severity": "OK", "is_first_session": None}, 2),
    ],
)
def test_flagged_and_first_sessions_and_flagged_tutors_go_first(
    make_report: ReportMaker, report: dict[str, Any], expected: int
) -> None:
    assert rank(make_report(**report)) == expected
