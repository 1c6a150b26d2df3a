"""Who is told what, and when. Pure: nothing is read or written here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.choices import Choices
from core.recipients import Recipient
from flows.emails.outbox import Told
from flows.emails.report import Report
from flows.emails.times import next_digest, next_hour, quiet_until

Why = Literal["digest", "correction", "budget", "storm", "quiet"]
_WORSE = {"INFO": 0, "OK": 1, "WATCH": 2, "HIGH": 3}


@dataclass(frozen=True)
class Decision:
    """When a letter goes out, or the digest that tells it. `held_for` says why it is held."""

    due: datetime
    held_for: Why | None = None


def decide(
    report: Report,
    recipient: Recipient,
    told: Told | None,
    sent_in_hour: int,
    *,
    is_storm: bool,
    now: datetime,
) -> Decision | None:
    """Returns what becomes of `report` for `recipient`; None when it is none of their business.

    Args:
        told: what they were last told of this session.
        sent_in_hour: letters about sessions that they were sent at once in the last hour.
        is_storm: so much is flagged that the data is probably at fault.
    """
    choices = recipient.choices
    if choices.mode == "off" or recipient.since > report.received_at:
        return None
    if not is_in_scope(report, choices) or not _is_news(report, told):
        return None
    if told and _WORSE[report.severity] <= _WORSE[told.severity]:
        return Decision(next_digest(choices, now), "correction")
    if choices.mode == "digest" or (choices.mode == "flagged" and not is_flagged(report)):
        return Decision(next_digest(choices, now), "digest")
    if is_storm and is_flagged(report):
        return Decision(next_hour(now), "storm")
    return _at_once(report, choices, sent_in_hour, now)


def is_flagged(report: Report) -> bool:
    """Returns whether a session is one that somebody should look at now."""
    return report.severity == "HIGH"


def rank(report: Report) -> int:
    """Returns the order in which letters go out: what needs somebody and first sessions first."""
    return 1 if is_flagged(report) or report.is_first_session or report.flag else 2


def is_in_scope(report: Report, choices: Choices) -> bool:
    """Returns whether the report meets every scope that is set."""
    scopes = [
        (choices.teams, report.manager_email),
        (choices.subjects, report.subject),
        (choices.tutors, report.tutor_id),
    ]
    return all(_folded(value) in map(_folded, wanted) for wanted, value in scopes if wanted)


def _is_news(report: Report, told: Told | None) -> bool:
    """Returns whether the outcome differs from the one last told; a late earlier version is not."""
    if told is None:
        return True
    is_worse = _WORSE[report.severity] > _WORSE[told.severity]
    return report.version > told.version and (is_worse or report.status != told.status)


def _at_once(report: Report, choices: Choices, sent_in_hour: int, now: datetime) -> Decision:
    if quiet := quiet_until(choices, now):
        return Decision(quiet, None if is_flagged(report) else "quiet")
    if sent_in_hour >= choices.hourly_budget:
        return Decision(next_hour(now), "budget")
    return Decision(now)


def _folded(value: str | None) -> str:
    return (value or "").casefold()
