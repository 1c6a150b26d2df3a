"""A letter as the mail server gets it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from core.recipients import Recipient
from flows.emails.delivery import to_message
from flows.emails.render import Letter, Letterhead
from flows.emails.report import Report
from flows.emails.session_letter import session_letter

ReportMaker = Callable[..., Report]
Render = Callable[..., Letter]


@pytest.fixture
def render(make_report: ReportMaker, letterhead: Letterhead, recipient: Recipient) -> Render:
    def render(**changes: Any) -> Letter:
        return session_letter(make_report(**changes), letterhead, "<m@qa.example>", recipient)

    return render


def test_a_message_survives_the_longest_ids(
    make_report: ReportMaker, letterhead: Letterhead, recipient: Recipient
) -> None:
    report = make_report(session_id="S" + "a:b.c_d-" * 15)
    message_id = report.message_id("ann@qa.example", "qa.example")
    letter = session_letter(report, letterhead, message_id, recipient)
    message = to_message(letter, letterhead.sender, "ann@qa.example", datetime.now(UTC))
    assert f"Message-ID: {letter.message_id}\r\n".encode() in message.as_bytes()
    assert message["X-Workbench-Session"] == report.session_id


@pytest.mark.parametrize("address", ["ann@qa.example\r\nBcc: all@qa.example", "ann@qa.example\n"])
def test_an_address_with_a_line_end_is_refused(
    render: Render, letterhead: Letterhead, address: str
) -> None:
    with pytest.raises(ValueError, match="header To"):
        to_message(render(), letterhead.sender, address, datetime.now(UTC))


def test_what_is_beyond_ascii_is_encoded_and_read_back(
    render: Render, letterhead: Letterhead
) -> None:
    letter = render(display_name="Tomás Ångström " + "ñ" * 60)
    message = to_message(letter, "Lernhüte <a@qa.example>", "bö@qa.example", datetime.now(UTC))
    raw = message.as_bytes()
    assert raw.isascii() and max(map(len, raw.splitlines())) <= 78
    read = message_from_bytes(raw, policy=default)
    assert read["From"].addresses[0].display_name == "Lernhüte"
    assert read["From"].addresses[0].addr_spec == "a@qa.example"
    assert read["Subject"] == letter.subject
    assert read.get_body(("plain",)).get_content().splitlines() == letter.text.splitlines()
    assert read.get_body(("html",)).get_content().splitlines() == letter.html.splitlines()
