"""Turns what was published into letters that are owed, one step of the watermark at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from core.recipients import Recipient
from flows.emails.outbox import NewLetter, Outbox
from flows.emails.policy import decide, rank
from flows.emails.report import Report

_HOUR = timedelta(hours=1)


def owe_reports(
    outbox: Outbox,
    reports: Iterable[Report],
    recipients: list[Recipient],
    domain: str,
    now: datetime,
    *,
    is_storm: bool = False,
) -> int:
    """Returns how many letters are newly owed or held for `reports`; asked again, it answers 0."""
    latest = outbox.watermark()
    with outbox.transaction():
        sent = {one.address: outbox.count_since(one.address, now - _HOUR) for one in recipients}
        owed = 0
        for report in reports:
            for recipient in recipients:
                letter = _letter(outbox, report, recipient, sent, domain, now, is_storm)
                if letter and outbox.owe(letter, now):
                    owed += 1
                    sent[recipient.address] += letter.held_for is None
            latest = max(latest, report.ingest_seq)
        outbox.move_watermark(latest)
    return owed


def _letter(
    outbox: Outbox,
    report: Report,
    recipient: Recipient,
    sent: dict[str, int],
    domain: str,
    now: datetime,
    is_storm: bool,
) -> NewLetter | None:
    address = recipient.address
    told = outbox.last_told(report.session_id, address)
    decision = decide(report, recipient, told, sent[address], is_storm=is_storm, now=now)
    if decision is None:
        return None
    return NewLetter(
        kind="session",
        about=report.session_id,
        version=report.version,
        recipient=address,
        status=report.status,
        severity=report.severity,
        rank=rank(report),
        due=decision.due,
        held_for=decision.held_for,
        message_id=report.message_id(address, domain),
        content=report.model_dump_json(),
    )
