"""A real mail server that a test can make refuse, put off and hang up."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class MailCatcher:
    """A real mail server that keeps what it takes, refuses `refused` addresses, and answers DATA
    as told, then with 250. The answer `drop` takes the letter and hangs up.
    """

    answers: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    letters: list[EmailMessage] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        envelope.mail_from = address
        return self.refused.get(address, "250 OK")

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.refused.get(address, "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers.pop(0) if self.answers else "250 taken"
        if answer[0] in "45":
            return answer
        assert isinstance(envelope.content, bytes)
        parser = BytesParser(EmailMessage, policy=default)
        self.sessions += [session] if session not in self.sessions else []
        self.letters.append(parser.parsebytes(envelope.content))
        if answer == "drop":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 taken"

    @property
    def message_ids(self) -> list[str]:
        return [str(letter["Message-ID"]) for letter in self.letters]

    @property
    def about_sessions(self) -> list[str]:
        return [str(one["X-Workbench-Session"]) for one in self.letters if one["References"]]

    def text(self, index: int = -1) -> str:
        body = self.letters[index].get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    @property
    def subjects(self) -> list[str]:
        return [str(letter["Subject"]) for letter in self.letters]
