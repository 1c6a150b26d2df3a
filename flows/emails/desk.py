"""What a person does about letters by hand: look at one, send a test, look through them, retry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from core.choices import Choices
from core.recipients import EVER, Recipient
from flows.emails.alerts import Alert, alert_letter
from flows.emails.delivery import Carrier, Outcome, to_message
from flows.emails.digest import read_digest
from flows.emails.digest_letter import digest_letter
from flows.emails.letters import Mail
from flows.emails.outbox import NewLetter, Outbox
from flows.emails.policy import rank
from flows.emails.render import Letter
from flows.emails.report import find_report, short_hash
from flows.emails.session_letter import session_letter
from flows.emails.times import Edition, last_digest

STATES = ("pending", "sending", "held", "sent", "told", "dead")
_DAYS: dict[Edition, int] = {"daily": 1, "weekly": 7}
_LISTED = (
    "select kind, about, version, recipient, severity, state, held_for, attempts, next_try_at, "
    "created_at, sent_at, last_error, message_id from letters"
)


@dataclass(frozen=True)
class Overview:
    """How many letters are in each state, and the newest of those that were asked for."""

    counts: dict[str, int]
    letters: list[dict[str, Any]]


def preview_session(mail: Mail, session_id: str, recipient: Recipient | None = None) -> Letter:
    """Returns the letter about a session, as `recipient` would get it now; nothing is sent.

    Raises:
        NotFound: no live session of that id has an outcome.
    """
    report = find_report(mail.marts, session_id)
    who = recipient or somebody(mail)
    message_id = report.message_id(who.address, mail.letterhead.domain)
    return session_letter(report, mail.letterhead, message_id, who)


def preview_digest(mail: Mail, edition: Edition, recipient: Recipient | None = None) -> Letter:
    """Returns the digest as it would be were it due now; nothing is sent, nothing held is told."""
    who, now = recipient or somebody(mail), mail.clock()
    since = (now - timedelta(days=_DAYS[edition])).date()
    digest = read_digest(mail.marts, edition, who.choices, now, since)
    return digest_letter(digest, mail.letterhead, f"<preview@{mail.letterhead.domain}>", who)


def send_test(mail: Mail, address: str) -> Outcome:
    """Returns what the mail server said to a letter that was handed to it just now."""
    now = mail.clock()
    alert = Alert(
        key="test",
        headline="Letters of the Tutor Workbench arrive here",
        lines=("Somebody who runs the workbench sent this to see whether they do.",),
        raised_at=now,
    )
    who = somebody(mail).model_copy(update={"address": address})
    message_id = f"<test-{short_hash(address, now.isoformat())}@{mail.letterhead.domain}>"
    letter = alert_letter(alert, mail.letterhead, message_id, who)
    with Carrier(mail.server) as carrier:
        return carrier.send(to_message(letter, mail.letterhead.sender, address, now))


def look_through(outbox_path: Path, state: str | None, limit: int) -> Overview:
    """Returns what is in the outbox, the newest letters first."""
    with Outbox(outbox_path) as outbox:
        ask = outbox.connection.execute
        counted = dict(ask("select state, count(*) from letters group by 1").fetchall())
        chosen, values = ("where state = ?", [state]) if state else ("", [])
        found = ask(f"{_LISTED} {chosen} order by rowid desc limit ?", [*values, limit])
        names = [column[0] for column in found.description]
        letters = [dict(zip(names, row, strict=True)) for row in found]
    return Overview({name: counted[name] for name in STATES if name in counted}, letters)


def retry_dead(outbox_path: Path, recipients: list[Recipient], now: datetime) -> int:
    """Returns how many letters that were given up are owed again; who left the list gets none."""
    stamp = now.astimezone(UTC).isoformat(timespec="microseconds")
    with Outbox(outbox_path) as outbox, outbox.transaction():
        return sum(
            outbox.connection.execute(
                "update letters set state = 'pending', attempts = 0, next_try_at = ?, "
                "created_at = ? where state = 'dead' and recipient = ? and content is not null",
                (stamp, stamp, one.address),
            ).rowcount
            for one in recipients
            if one.choices.mode != "off"
        )


def resend(mail: Mail, session_id: str, address: str | None = None) -> int:
    """Returns how many letters about a session are owed again, with what is known now.

    They go to `address`, or else to whom a letter about it was owed at once: whose scope it is not
    in, or who reads it in a digest, gets none. Each is a letter of its own, since a mail program
    may hide one whose Message-ID it has seen.

    Raises:
        NotFound: no live session of that id has an outcome.
    """
    report, now, domain = find_report(mail.marts, session_id), mail.clock(), mail.letterhead.domain
    again = f"again-{now.astimezone(UTC):%Y%m%dT%H%M%S}"
    with Outbox(mail.outbox_path) as outbox:
        wanted = {address} if address else _written_to(outbox, session_id)
        return sum(
            outbox.owe(
                NewLetter(
                    kind="session",
                    about=f"{report.session_id} {again}",
                    version=report.version,
                    recipient=one.address,
                    status=report.status,
                    severity=report.severity,
                    rank=rank(report),
                    due=now,
                    message_id=report.message_id(f"{one.address} {again}", domain),
                    content=report.model_dump_json(),
                ),
                now,
            )
            for one in mail.recipients.all()
            if one.choices.mode != "off" and one.address in wanted
        )


def _written_to(outbox: Outbox, session_id: str) -> set[str]:
    query = (
        "select distinct recipient from letters "
        "where kind = 'session' and about = ? and held_for is null"
    )
    return {recipient for (recipient,) in outbox.connection.execute(query, (session_id,))}


def somebody(mail: Mail) -> Recipient:
    """Returns a recipient with the choices that everybody starts with."""
    return Recipient(
        address="somebody@workbench.invalid",
        token="preview",
        is_of_settings=False,
        since=EVER,
        listed_at=last_digest(Choices(), "daily", mail.clock()),
        choices=Choices(time_zone=mail.letterhead.time_zone),
    )
