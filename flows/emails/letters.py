"""The letters step of a refresh: owe what the newest marts ask for, then send what is due."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from functools import partial
from pathlib import Path

from core.choices import Choices
from core.errors import MartsNotPublished, NotFound
from core.marts import Marts
from core.recipients import Recipient, Recipients
from flows.emails.alerts import Alert, alert_letter, owe_alerts
from flows.emails.delivery import Clock, Delivered, MailServer, deliver, to_message
from flows.emails.digest import Digest
from flows.emails.digest_letter import digest_letter
from flows.emails.digest_owing import due_digests, owe_digests
from flows.emails.outbox import Outbox, OwedLetter
from flows.emails.owing import owe_reports
from flows.emails.render import Letter, Letterhead
from flows.emails.report import Report, read_reports
from flows.emails.session_letter import session_letter
from flows.emails.storm import find_storm


@dataclass(frozen=True)
class LettersSummary:
    """How many letters this step owed, sent, put off and gave up, and how many still wait."""

    enqueued: int
    sent: int
    postponed: int
    dead: int
    pending: int


@dataclass(frozen=True)
class Mail:
    """What letters need: who gets them, where they wait, how they look and who carries them."""

    marts: Marts
    outbox_path: Path
    recipients: Recipients
    of_settings: tuple[str, ...]
    letterhead: Letterhead
    server: MailServer
    storm_share: float
    clock: Clock
    jitter: Callable[[], float]


def send_letters(mail: Mail) -> LettersSummary:
    """Returns what became of the letters that the published set asks for and that are due.

    Done again, it sends nothing twice. As long as no set is published, alerts go out all the same.
    """
    people, owed = _people(mail), 0
    with Outbox(mail.outbox_path) as outbox:
        with suppress(MartsNotPublished):
            owed = _owe(outbox, mail, people)
        delivered = deliver_due(outbox, mail, people)
        return LettersSummary(
            owed, delivered.sent, delivered.postponed, delivered.dead, outbox.count_waiting()
        )


def has_due_letters(mail: Mail, now: datetime) -> bool:
    """Returns whether a letter or a digest is due at `now`."""
    people = mail.recipients.all()
    with Outbox(mail.outbox_path) as outbox:
        return outbox.has_due(now) or bool(due_digests(outbox, people, now))


def deliver_due(outbox: Outbox, mail: Mail, people: list[Recipient]) -> Delivered:
    """Returns what became of the letters that are due; of what is refused, operators are told."""
    by_address = {one.address: one for one in people}
    write = partial(_message, mail.letterhead, by_address)
    delivered = deliver(outbox, mail.server, write, mail.clock, mail.jitter)
    if delivered.refusals:
        now = mail.clock()
        alerts = [_refused(refusal, now) for refusal in delivered.refusals]
        owe_alerts(outbox, people, alerts, mail.letterhead.domain, now)
    return delivered


def owe_alert(mail: Mail, alert: Alert) -> int:
    """Returns to how many operators the alert is newly owed; asked again, it answers 0."""
    people = _people(mail)
    with Outbox(mail.outbox_path) as outbox:
        return owe_alerts(outbox, people, [alert], mail.letterhead.domain, mail.clock())


def compose(
    kind: str, content: str, letterhead: Letterhead, message_id: str, recipient: Recipient
) -> Letter:
    """Returns the letter of what the outbox keeps for it."""
    if kind == "digest":
        digest = Digest.model_validate_json(content)
        return digest_letter(digest, letterhead, message_id, recipient)
    if kind == "session":
        report = Report.model_validate_json(content)
        return session_letter(report, letterhead, message_id, recipient)
    return alert_letter(Alert.model_validate_json(content), letterhead, message_id, recipient)


def _people(mail: Mail) -> list[Recipient]:
    choices = Choices(time_zone=mail.letterhead.time_zone)
    mail.recipients.follow_settings(mail.of_settings, choices, mail.clock())
    return [one for one in mail.recipients.all() if one.choices.mode != "off"]


def _owe(outbox: Outbox, mail: Mail, people: list[Recipient]) -> int:
    now, domain = mail.clock(), mail.letterhead.domain
    outbox.let_go({one.address for one in people})
    storm = find_storm(mail.marts, mail.storm_share, mail.letterhead.web_url, now)
    if storm:
        owe_alerts(outbox, people, [storm], domain, now)
    reports = read_reports(mail.marts, outbox.watermark())
    owed = owe_reports(outbox, reports, people, domain, now, is_storm=storm is not None)
    return owed + owe_digests(outbox, mail.marts, people, domain, now)


def _message(
    letterhead: Letterhead, people: dict[str, Recipient], owed: OwedLetter, now: datetime
) -> Message:
    if not (recipient := people.get(owed.recipient)):
        raise NotFound("left the list")
    letter = compose(owed.kind, owed.content, letterhead, owed.message_id, recipient)
    return to_message(letter, letterhead.sender, owed.recipient, now)


def _refused(refusal: tuple[str, str], now: datetime) -> Alert:
    address, code = refusal
    return Alert(
        key=f"dead:{address}:{code}:{now:%Y-%m-%d}",
        headline="A letter could not be delivered",
        lines=(
            f"The mail server refused letters to {address} for good, and said: {code}.",
            "See them with: workbench mail outbox --state dead",
            "Once the address or the server is put right: workbench mail retry",
        ),
    )
