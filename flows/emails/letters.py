"""The letters step of a refresh: owe what the newest marts ask for, then send what is due."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from core.marts import Marts
from flows.emails.delivery import Clock, MailServer, deliver, to_message
from flows.emails.outbox import Outbox, OwedLetter
from flows.emails.render import Letterhead, render_letter
from flows.emails.report import read_reports


@dataclass(frozen=True)
class LettersSummary:
    """How many letters this step owed, sent, put off and gave up, and how many still wait."""

    enqueued: int
    sent: int
    postponed: int
    dead: int
    pending: int


def send_letters(
    marts: Marts,
    outbox_path: Path,
    recipients: Iterable[str],
    letterhead: Letterhead,
    server: MailServer,
    clock: Clock,
    jitter: Callable[[], float],
) -> LettersSummary:
    """Returns what became of the letters: one per live session outcome and recipient.

    Done again, it sends nothing twice. `jitter` gives numbers in 0..1 that spread retries.

    Raises:
        MartsNotPublished: no set is published yet.
    """

    def compose(owed: OwedLetter, now: datetime) -> EmailMessage:
        letter = render_letter(owed.report, letterhead, owed.message_id)
        return to_message(letter, letterhead.sender, owed.recipient, now)

    with Outbox(outbox_path) as outbox:
        outbox.sync_recipients(recipients, clock())
        reports = read_reports(marts, outbox.watermark())
        enqueued = outbox.enqueue(reports, letterhead.domain, clock())
        delivered = deliver(outbox, server, compose, clock, jitter)
        return LettersSummary(
            enqueued,
            delivered.sent,
            delivered.postponed,
            delivered.dead,
            outbox.count_waiting(),
        )


def has_due_letters(outbox_path: Path, now: datetime) -> bool:
    """Returns whether a letter that was put off, or left by a killed sender, is due at `now`."""
    if not outbox_path.exists():
        return False
    with Outbox(outbox_path) as outbox:
        return outbox.has_due(now)
