"""Hands owed letters to the mail server, over one connection, and notes what it said."""

from __future__ import annotations

import smtplib
import ssl
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal, Self

from flows.emails.outbox import Outbox, OwedLetter
from flows.emails.render import Letter

BATCH = 20
TIMEOUT_SECONDS = 10
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class MailServer:
    """Where letters are handed over, and as whom. `helo_name` is the domain we greet with.

    At most `per_second` letters go out in a second; 0 means no limit.
    """

    host: str
    port: int
    helo_name: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    has_starttls: bool = False
    has_tls: bool = False
    per_second: float = 0


@dataclass(frozen=True)
class Delivered:
    """How many letters of one round were taken, put off, and given up, and who refused which."""

    sent: int = 0
    postponed: int = 0
    dead: int = 0
    refusals: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt. `code` is the server's number or a word, never an address."""

    verdict: Literal["sent", "postponed", "dead"]
    code: str = ""


class Carrier:
    """One SMTP connection, opened when first needed and again after an error.

    Once it cannot be opened, the server `is_down` for the rest of the round.
    """

    def __init__(self, server: MailServer) -> None:
        self.is_down = False
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
        self._close()

    def send(self, message: Message) -> Outcome:
        """Returns what the server said to `message`, which has one recipient."""
        smtp = self._connected()
        if smtp is None:
            return Outcome("postponed", "unreachable")
        outcome = _hand_over(smtp, message)
        if outcome.verdict != "sent":
            self._close()
        return outcome

    def _connected(self) -> smtplib.SMTP | None:
        if self._smtp is None and not self.is_down:
            try:
                self._smtp = _open(self._server)
            # a refused login is no fault of the letters: they wait until it is put right
            except (OSError, smtplib.SMTPException):
                self.is_down = True
        return self._smtp

    def _close(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def deliver(
    outbox: Outbox,
    server: MailServer,
    compose: Callable[[OwedLetter, datetime], Message],
    clock: Clock,
    jitter: Callable[[], float],
) -> Delivered:
    """Sends every due letter, oldest first, and returns what became of them."""
    counts: Counter[str] = Counter()
    refusals: set[tuple[str, str]] = set()
    with Carrier(server) as carrier:
        while not carrier.is_down and (batch := outbox.claim(clock(), BATCH)):
            for letter in batch:
                outcome = _attempt(carrier, compose, letter, clock())
                verdict = _note(outbox, letter, outcome, clock(), jitter())
                counts[verdict] += 1
                # an alert that is refused must not raise the next one
                if verdict == "dead" and letter.kind != "alert":
                    refusals.add((letter.recipient, outcome.code))
                _pace(server)
    return Delivered(**counts, refusals=frozenset(refusals))


def to_message(letter: Letter, sender: str, recipient: str, now: datetime) -> Message:
    """Returns `letter` as a MIME message with a text and an HTML part.

    The older classes of the standard library take headers as they are; a header that needs
    encoding or folding is parsed once, when it is written, which halves what writing costs.

    Raises:
        ValueError: a header holds a line end, as an address that was not checked may.
    """
    headers = {
        "From": sender,
        "To": recipient,
        "Subject": letter.subject,
        "Date": format_datetime(now),
        "Message-ID": letter.message_id,
    } | letter.headers
    # no line of base64 looks like it, so no boundary has to be looked for
    message = MIMEMultipart("alternative", boundary="=_parts_of_a_letter")
    for name, value in headers.items():
        if "\r" in value or "\n" in value:
            raise ValueError(f"The header {name} has more than one line.")
        message[name] = value if value.isascii() else SMTP.header_factory(name, value)
    for text, kind in ((letter.text, "plain"), (letter.html, "html")):
        message.attach(MIMEText(text, kind, "utf-8"))
    message.policy = SMTP
    return message


def _pace(server: MailServer) -> None:
    if server.per_second:
        time.sleep(1 / server.per_second)


def _attempt(
    carrier: Carrier,
    compose: Callable[[OwedLetter, datetime], Message],
    letter: OwedLetter,
    now: datetime,
) -> Outcome:
    try:
        message = compose(letter, now)
    except Exception as error:  # one letter that cannot be written must not hold back the rest
        return Outcome("dead", f"not composed: {type(error).__name__}")
    return carrier.send(message)


def _note(
    outbox: Outbox, letter: OwedLetter, outcome: Outcome, now: datetime, jitter: float
) -> str:
    if outcome.verdict == "postponed":
        return outbox.postpone(letter, now, outcome.code, jitter)
    if outcome.verdict == "sent":
        outbox.confirm(letter, now)
    else:
        outbox.bury(letter, outcome.code)
    return outcome.verdict


def _open(server: MailServer) -> smtplib.SMTP:
    # smtplib's own default context checks no certificate
    context = ssl.create_default_context()
    if server.has_tls:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, server.helo_name, timeout=TIMEOUT_SECONDS, context=context
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, server.helo_name, TIMEOUT_SECONDS)
    try:
        if server.has_starttls:
            smtp.starttls(context=context)
        if server.user and server.password:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _hand_over(smtp: smtplib.SMTP, message: Message) -> Outcome:
    try:
        smtp.send_message(message)
    except smtplib.SMTPRecipientsRefused as refused:
        return _refusal(next(iter(refused.recipients.values()))[0])
    except smtplib.SMTPDataError as refused:
        return _refusal(refused.smtp_code)
    # a refused sender is our set-up, not this letter; a lost answer may mean that it was taken
    except (OSError, smtplib.SMTPException) as error:
        return Outcome("postponed", type(error).__name__)
    return Outcome("sent")


def _refusal(code: int) -> Outcome:
    # RFC 5321, 4.2.1: 4yz asks to try again later, 5yz not to
    return Outcome("dead" if code >= 500 else "postponed", str(code))
