"""What the mail server answers decides whether a letter is sent, waits, or is given up."""

from __future__ import annotations

import sqlite3
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

if TYPE_CHECKING:
    from tests.flows.emails.catcher import MailCatcher
    from tests.flows.emails.conftest import LettersStep
    from tests.flows.emails.marts_world import Publisher, RowMaker


def read_errors(step: LettersStep) -> list[tuple[str, str | None]]:
    with sqlite3.connect(step.outbox_path) as connection:
        return connection.execute("select state, last_error from letters order by rowid").fetchall()


def test_a_letter_that_is_put_off_goes_out_later_under_the_same_id(
    letters_step: LettersStep,
    publish_reports: Publisher,
    report_row: RowMaker,
    mail_catcher: MailCatcher,
) -> None:
    mail_catcher.answers = ["451 greylisted", "451 greylisted"]
    first = letters_step.run(publish_reports(report_row()))
    assert (first.sent, first.postponed, first.pending) == (0, 1, 1)
    assert letters_step.later(seconds=29).run().postponed == 0
    assert letters_step.later(seconds=6).run().postponed == 1
    assert letters_step.later(seconds=80).run().sent == 1
    assert len(mail_catcher.letters) == 1


def test_a_refused_letter_is_given_up_and_the_rest_go_out(
    letters_step: LettersStep,
    publish_reports: Publisher,
    report_row: RowMaker,
    mail_catcher: MailCatcher,
) -> None:
    mail_catcher.answers = ["550 no such mailbox ann@qa.example"]
    rows = [report_row(session_id=f"S-{n}", ingest_seq=n) for n in (1, 2, 3)]
    summary = letters_step.run(publish_reports(*rows))
    assert (summary.sent, summary.dead) == (2, 1)
    letters_step.later(hours=1).run()
    assert read_errors(letters_step)[:3] == [("dead", "550"), ("sent", None), ("sent", None)]
    assert len(mail_catcher.about_sessions) == 2


def test_a_letter_that_is_given_up_raises_one_alert_a_day_and_no_alert_about_alerts(
    letters_step: LettersStep,
    publish_reports: Publisher,
    report_row: RowMaker,
    mail_catcher: MailCatcher,
) -> None:
    letters_step.recipients = ["ann@qa.example", "ops@qa.example"]
    letters_step.later(minutes=-1).run()
    letters_step.choose("ops@qa.example", is_operator=True, mode="digest")
    mail_catcher.refused = {"ann@qa.example": "550 nobody of that name"}
    rows = [report_row(session_id=f"S-{n}", ingest_seq=n) for n in (1, 2, 3)]
    letters_step.later(minutes=1).run(publish_reports(*rows))
    letters_step.later(minutes=1).run()
    assert mail_catcher.subjects == ["[ALERT] A letter could not be delivered"]
    assert "ann@qa.example" in mail_catcher.text()
    mail_catcher.refused["ops@qa.example"] = "550 nobody either"
    letters_step.choose("ann@qa.example", is_operator=True)
    more = report_row(session_id="S-4", ingest_seq=4)
    for _ in range(3):
        letters_step.later(minutes=1).run(publish_reports(more))
    assert len(mail_catcher.letters) == 1


def test_a_lost_answer_may_repeat_the_letter_but_not_its_id(
    letters_step: LettersStep,
    publish_reports: Publisher,
    report_row: RowMaker,
    mail_catcher: MailCatcher,
) -> None:
    mail_catcher.answers = ["drop"]
    rows = [report_row(), report_row(session_id="S-2", ingest_seq=8)]
    summary = letters_step.run(publish_reports(*rows))
    assert (summary.sent, summary.postponed) == (1, 1)
    letters_step.later(minutes=1).run()
    lost, other, again = mail_catcher.message_ids
    assert lost == again != other


def test_a_refused_mailbox_is_given_up_and_a_refused_sender_waits(
    letters_step: LettersStep,
    publish_reports: Publisher,
    report_row: RowMaker,
    mail_catcher: MailCatcher,
) -> None:
    mail_catcher.refused = {"ann@qa.example": "550 nobody of that name"}
    assert letters_step.run(publish_reports(report_row())).dead == 1
    mail_catcher.refused = {"workbench@workbench.example": "550 not your sender"}
    second = report_row(session_id="S-2", ingest_seq=8)
    summary = letters_step.run(publish_reports(second))
    # the alert about the first waits as well
    assert (summary.postponed, summary.dead, summary.pending) == (2, 0, 2)


def test_a_server_that_is_down_keeps_every_letter_waiting(
    letters_step: LettersStep, publish_reports: Publisher, report_row: RowMaker
) -> None:
    rows = [report_row(session_id=f"S-{n}", ingest_seq=n, severity="OK") for n in range(1, 31)]
    summary = letters_step.run(publish_reports(*rows))
    assert (summary.sent, summary.dead, summary.pending) == (0, 0, 30)
    assert read_errors(letters_step)[0] == ("pending", "unreachable")


def test_a_letter_that_cannot_be_written_is_given_up_and_the_rest_go_out(
    letters_step: LettersStep,
    publish_reports: Publisher,
    report_row: RowMaker,
    mail_catcher: MailCatcher,
) -> None:
    mail_catcher.answers = ["451 later"] * 2
    rows = [report_row(session_id=f"S-{n}", ingest_seq=n) for n in (1, 2)]
    letters_step.run(publish_reports(*rows))
    with sqlite3.connect(letters_step.outbox_path) as connection:
        connection.execute("update letters set content = '{}' where about = 'S-1'")
    summary = letters_step.later(minutes=1).run()
    assert (summary.sent, summary.dead) == (1, 1)
    assert ("dead", "not composed: ValidationError") in read_errors(letters_step)


def _make_certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail of a test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "mail.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "mail.key").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return folder / "mail.pem", folder / "mail.key"


def _check_login(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: Any
) -> AuthResult:
    known = isinstance(login, LoginPassword) and login.password == b"right"
    return AuthResult(success=known, handled=False)


@contextmanager
def run_private_server(port: int, folder: Path) -> Iterator[Path]:
    """A mail server that takes letters only over TLS and after a login; yields its certificate."""
    certificate, key = _make_certificate(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    controller = Controller(
        Sink(),
        hostname="127.0.0.1",
        port=port,
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=_check_login,
    )
    controller.start()
    try:
        yield certificate
    finally:
        controller.stop()


@pytest.mark.parametrize(
    ("password", "is_certificate_known", "sent"),
    [("right", True, 1), ("wrong", True, 0), ("right", False, 0)],
)
def test_letters_go_to_a_private_server_only_over_checked_tls_and_with_the_right_login(
    letters_step: LettersStep,
    publish_reports: Publisher,
    report_row: RowMaker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    password: str,
    is_certificate_known: bool,
    sent: int,
) -> None:
    private: dict[str, Any] = {"user": "workbench", "password": password, "has_starttls": True}
    letters_step.server = replace(letters_step.server, **private)
    with run_private_server(letters_step.server.port, tmp_path) as certificate:
        if is_certificate_known:
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        summary = letters_step.run(publish_reports(report_row()))
    assert (summary.sent, summary.pending) == (sent, 1 - sent)
    assert password not in repr(letters_step.server)
