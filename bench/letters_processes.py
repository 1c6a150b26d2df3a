"""Processes of bench.letters: `sender OFFSET_HOURS` drains an outbox, `server PORT LOG` takes mail.

The server fails as it is told: it puts off, hangs up before it answers, or hangs up after it took
a letter. Of each letter taken it notes the Message-ID and whether it answered.
"""

from __future__ import annotations

import random
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from core.settings import load_settings
from flows.emails.letters import deliver_due
from flows.emails.outbox import Outbox
from flows.letterhead import mail_of


class FailingServer:
    """Takes letters, but of every hundred fails `failing`, a third of them after it took one."""

    def __init__(self, log: Path, failing: int) -> None:
        self._log = log.open("a", buffering=1)
        self._failing = failing
        self._random = random.Random(7)

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:
        chance = self._random.uniform(0, 100)
        if chance < self._failing / 3:
            return "451 try again later"
        if chance < self._failing * 2 / 3:
            cast(Any, server.transport).abort()
            return "451 never heard"
        is_lost = chance < self._failing
        message_id = BytesHeaderParser().parsebytes(cast(bytes, envelope.content))["Message-ID"]
        self._log.write(f"{time.time()} {'lost' if is_lost else 'answered'} {message_id}\n")
        if is_lost:
            cast(Any, server.transport).abort()
        return "250 taken"


def serve(port: int, log: Path, failing: int) -> None:
    controller = Controller(FailingServer(log, failing), hostname="127.0.0.1", port=port)
    controller.start()
    while True:
        time.sleep(1)


def send(offset: timedelta) -> None:
    """Sends what is due `offset` from now; prints the CPU seconds that sending took."""
    mail = replace(mail_of(load_settings()), clock=lambda: datetime.now(UTC) + offset)
    people = mail.recipients.all()
    with Outbox(mail.outbox_path) as outbox:
        started, wall = time.process_time(), time.monotonic()
        delivered = deliver_due(outbox, mail, people)
        cpu, wall = time.process_time() - started, time.monotonic() - wall
        sys.stdout.write(f"{delivered.sent} {outbox.count_waiting()} {cpu} {wall}\n")


if __name__ == "__main__":
    if sys.argv[1] == "server":
        serve(int(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
    send(timedelta(hours=float(sys.argv[2])))
