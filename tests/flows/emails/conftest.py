"""Report rows, real published marts and a real mail server, all in a temporary folder."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from core.marts import POINTER, Marts, Published
from core.recipients import Recipient, Recipients
from flows.emails.delivery import MailServer
from flows.emails.letters import LettersSummary, Mail, has_due_letters, send_letters
from flows.emails.outbox import Outbox
from flows.emails.render import Letterhead
from flows.emails.report import Report
from tests.flows.emails.catcher import MailCatcher
from tests.flows.emails.marts_world import (
    NOW,
    Publisher,
    Row,
    RowMaker,
    make_recipient,
    make_row,
    write_marts,
)


@pytest.fixture
def report_row() -> RowMaker:
    return make_row


@pytest.fixture
def make_report() -> Callable[..., Report]:
    return lambda **changes: Report.model_validate(make_row(**changes) | {"window_days": 90})


@pytest.fixture
def letterhead() -> Letterhead:
    return Letterhead(
        web_url="https://qa.example",
        sender="Tutor Workbench <workbench@workbench.example>",
        time_zone="America/Chicago",
    )


@pytest.fixture
def publish_reports(tmp_path: Path) -> Publisher:
    """Returns a function that publishes report rows as the next set of marts."""
    numbers = count(1)

    def publish(*rows: Row, sql: str = "") -> Marts:
        number = next(numbers)
        write_marts(tmp_path / f"marts-{number}.duckdb", rows, sql)
        pointer = Published(number, f"marts-{number}.duckdb", str(NOW), str(NOW), ingest_seq=99)
        (tmp_path / POINTER).write_bytes(pointer.to_json())
        return Marts(tmp_path)

    return publish


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def mail_catcher(free_port: int) -> Iterator[MailCatcher]:
    catcher = MailCatcher()
    controller = Controller(catcher, hostname="127.0.0.1", port=free_port)
    controller.start()
    yield catcher
    controller.stop()


@pytest.fixture
def mail_server(free_port: int) -> MailServer:
    return MailServer("127.0.0.1", free_port, helo_name="workbench.example")


@pytest.fixture
def recipient() -> Recipient:
    return make_recipient()


@dataclass
class LettersStep:
    """The letters step as the flow calls it, with a clock that a test can move."""

    marts: Marts
    outbox_path: Path
    letterhead: Letterhead
    server: MailServer
    recipients: list[str] = field(default_factory=lambda: ["ann@qa.example"])
    now: datetime = NOW

    @property
    def people(self) -> Recipients:
        return Recipients(self.outbox_path.parent / "recipients.sqlite")

    @property
    def mail(self) -> Mail:
        return Mail(
            marts=self.marts,
            outbox_path=self.outbox_path,
            recipients=self.people,
            of_settings=tuple(self.recipients),
            letterhead=self.letterhead,
            server=self.server,
            storm_share=0.3,
            clock=lambda: self.now,
            jitter=lambda: 0.5,
        )

    def run(self, marts: Marts | None = None) -> LettersSummary:
        self.marts = marts or self.marts
        return send_letters(self.mail)

    def is_due(self) -> bool:
        return has_due_letters(self.mail, self.now)

    def choose(self, address: str = "ann@qa.example", **changes: object) -> None:
        self.people.choose(address, **changes)

    def claim_and_die(self) -> None:
        with Outbox(self.outbox_path) as outbox:
            outbox.claim(self.now, limit=1)

    def later(self, **time: float) -> LettersStep:
        self.now += timedelta(**time)
        return self


@pytest.fixture
def letters_step(
    publish_reports: Publisher,
    tmp_path: Path,
    letterhead: Letterhead,
    mail_server: MailServer,
) -> LettersStep:
    step = LettersStep(publish_reports(), tmp_path / "outbox.sqlite", letterhead, mail_server)
    step.now = NOW - timedelta(minutes=1)
    step.run()
    return step.later(minutes=1)
