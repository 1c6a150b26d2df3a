"""Report rows, real published marts and a real mail server, all in a temporary folder."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from core.marts import POINTER, Marts, Published
from flows.emails.delivery import MailServer
from flows.emails.letters import LettersSummary, send_letters
from flows.emails.outbox import Outbox
from flows.emails.render import Letterhead
from flows.emails.report import Report

Row = dict[str, Any]
RowMaker = Callable[..., Row]
Publisher = Callable[..., Marts]

NOW = datetime(2026, 11, 20, 23, 41, 7, tzinfo=UTC)
# as documented for the published marts; a moment is read back in UTC
REPORT_COLUMNS = """
    session_id varchar, version integer, tutor_id varchar, display_name varchar, subject varchar,
    scheduled_start timestamptz, scheduled_end timestamptz, time_zone varchar,
    status varchar, caused_by varchar, headline varchar, severity varchar,
    facts struct(label varchar, "value" varchar)[], is_first_session boolean,
    score decimal(5, 1), score_low decimal(5, 1), score_high decimal(5, 1),
    score_before decimal(5, 1), score_state varchar, state_text varchar, session_count bigint,
    reasons struct(
        component varchar, label varchar, points decimal(5, 1), event_count bigint,
        session_count bigint, expected_count double, rate double, rate_low double,
        rate_high double, platform_rate double, reason_text varchar
    )[],
    is_backfill boolean, received_at timestamptz, reported_at timestamptz, as_of timestamptz,
    ingest_seq bigint, formula_version integer
"""


def make_reason(points: str, text: str) -> Row:
    words = {"component": "attendance", "label": "No-shows, late starts, early ends"}
    counts = dict.fromkeys(["event_count", "session_count", "expected_count"], 5)
    rates = dict.fromkeys(["rate", "rate_low", "rate_high", "platform_rate"], 0.1)
    return words | {"points": Decimal(points)} | counts | rates | {"reason_text": text}


def make_row(**changes: Any) -> Row:
    row = {
        "session_id": "S-8F2K",
        "version": 1,
        "tutor_id": "T-1",
        "display_name": "Teresa Rivera",
        "subject": "Algebra",
        "scheduled_start": datetime(2026, 11, 20, 22, 30, tzinfo=UTC),
        "scheduled_end": datetime(2026, 11, 20, 23, 30, tzinfo=UTC),
        "time_zone": "America/Chicago",
        "status": "completed",
        "caused_by": None,
        "headline": "Started 11 min late",
        "severity": "HIGH",
        "facts": [
            {"label": "Held", "value": "49 of 60 minutes"},
            {"label": "Rated by the student", "value": "2 of 5"},
            {"label": "Next session booked", "value": None},
        ],
        "is_first_session": True,
        "score": Decimal("41.2"),
        "score_low": Decimal("35.0"),
        "score_high": Decimal("47.3"),
        "score_before": Decimal("45.4"),
        "score_state": "scored",
        "state_text": None,
        "session_count": 38,
        "reasons": [
            make_reason("-2.1", "late or absent in 5 of 38 sessions, 13 % (7-22 %), others 4 %"),
            make_reason("-1.4", "moved or cancelled 6 of 41 sessions, 15 % (8-24 %), others 9 %"),
            make_reason("0.5", "rated 4.6 of 5 on average over 20 sessions, others 4.5"),
        ],
        "is_backfill": False,
        "received_at": NOW - timedelta(seconds=6),
        "reported_at": NOW,
        "as_of": NOW,
        "ingest_seq": 7,
        "formula_version": 3,
    }
    return row | changes


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

    def publish(*rows: Row) -> Marts:
        number = next(numbers)
        _write_marts(tmp_path / f"marts-{number}.duckdb", rows)
        pointer = Published(number, f"marts-{number}.duckdb", str(NOW), str(NOW), ingest_seq=99)
        (tmp_path / POINTER).write_bytes(pointer.to_json())
        return Marts(tmp_path)

    return publish


def _write_marts(path: Path, rows: tuple[Row, ...]) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"create table rpt_session_reports ({REPORT_COLUMNS})")
        connection.execute("create table rpt_freshness as select 90 as window_days")
        for row in rows:
            names, places = ", ".join(row), ", ".join("?" * len(row))
            insert = f"insert into rpt_session_reports ({names}) values ({places})"
            connection.execute(insert, list(row.values()))


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


@dataclass
class LettersStep:
    """The letters step as the flow calls it, with a clock that a test can move."""

    marts: Marts
    outbox_path: Path
    letterhead: Letterhead
    server: MailServer
    recipients: list[str] = field(default_factory=lambda: ["ann@qa.example"])
    now: datetime = NOW

    def run(self, marts: Marts | None = None) -> LettersSummary:
        return send_letters(
            marts or self.marts,
            self.outbox_path,
            self.recipients,
            self.letterhead,
            self.server,
            clock=lambda: self.now,
            jitter=lambda: 0.5,
        )

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
