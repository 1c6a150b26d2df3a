"""Owes the digests that are due: those of a day or week, and those of what was held."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from core.marts import Marts
from core.recipients import Recipient
from flows.emails.digest import Digest, Edition, Session, read_digest
from flows.emails.outbox import HeldLetter, NewLetter, Outbox
from flows.emails.report import Report, short_hash
from flows.emails.times import digest_day, editions, last_digest

_MOST_HELD = 30
_DAYS = {"daily": 1, "weekly": 7, "held": 0}


def due_digests(
    outbox: Outbox, recipients: list[Recipient], now: datetime
) -> list[tuple[Recipient, Edition, datetime]]:
    """Returns the digests of days and weeks that are due and not owed yet, the newest of each."""
    found: list[tuple[Recipient, Edition, datetime]] = []
    for recipient in recipients:
        for edition in editions(recipient.choices):
            due = last_digest(recipient.choices, edition, now)
            if due > recipient.listed_at and not outbox.is_owed(
                "digest", _about(edition, recipient, due), recipient.address
            ):
                found.append((recipient, edition, due))
    return found


def owe_digests(
    outbox: Outbox, marts: Marts, recipients: list[Recipient], domain: str, now: datetime
) -> int:
    """Returns how many digests are newly owed; what was held is told in the first of them.

    Raises:
        MartsNotPublished: no set is published yet.
    """
    owed = sum(
        _owe(outbox, marts, recipient, edition, due, domain, now)
        for recipient, edition, due in due_digests(outbox, recipients, now)
    )
    return owed + sum(
        _owe(outbox, marts, recipient, "held", now, domain, now)
        for recipient in recipients
        if outbox.held(recipient.address, now)
    )


def _owe(
    outbox: Outbox,
    marts: Marts,
    recipient: Recipient,
    edition: Edition,
    due: datetime,
    domain: str,
    now: datetime,
) -> bool:
    choices, address = recipient.choices, recipient.address
    since = digest_day(choices, due) - timedelta(days=_DAYS[edition])
    digest = read_digest(marts, edition, choices, due, since)
    about = _about(edition, recipient, due)
    message_id = f"<digest-{short_hash(about, address)}@{domain}>"
    with outbox.transaction():
        held = outbox.held(address, now)
        content = _with_held(digest, held).model_dump_json()
        letter = NewLetter("digest", about, address, message_id, content, due=now)
        outbox.tell(held, message_id)
        return outbox.owe(letter, now)


def _with_held(digest: Digest, held: list[HeldLetter]) -> Digest:
    reports = [Report.model_validate_json(letter.content) for letter in held]
    worst = sorted(reports, key=lambda report: _ORDER.index(report.severity))
    return digest.model_copy(
        update={
            "held": [
                Session(
                    session_id=report.session_id,
                    tutor_id=report.tutor_id,
                    display_name=report.display_name,
                    headline=report.headline,
                    severity=report.severity,
                )
                for report in worst[:_MOST_HELD]
            ],
            "held_counts": dict(Counter(report.severity for report in reports)),
            "held_for": sorted({letter.held_for for letter in held}),
        }
    )


_ORDER = ["HIGH", "WATCH", "OK", "INFO"]


def _about(edition: Edition, recipient: Recipient, due: datetime) -> str:
    if edition == "held":
        return f"held:{due:%Y-%m-%dT%H:%M:%S}"
    return f"{edition}:{digest_day(recipient.choices, due)}"
