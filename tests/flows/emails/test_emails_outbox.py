"""The outbox owes each letter once, holds only what a letter needs, and waits ever longer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.recipients import Recipient
from flows.emails.outbox import Outbox
from flows.emails.owing import owe_reports
from flows.emails.report import Report

if TYPE_CHECKING:
    from tests.flows.emails.marts_world import RowMaker

ReportMaker = Callable[..., Report]
Owe = Callable[..., int]
NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with Outbox(tmp_path / "letters" / "outbox.sqlite") as outbox:
        yield outbox


@pytest.fixture
def owe(outbox: Outbox, recipient: Recipient) -> Owe:
    """Returns a function that owes reports to one recipient, and says how many letters that is."""

    def owe(*reports: Report) -> int:
        return owe_reports(outbox, reports, [recipient], "qa.example", NOW)

    return owe


def test_the_same_reports_owe_nothing_more(
    outbox: Outbox, owe: Owe, make_report: ReportMaker
) -> None:
    reports = [make_report(), make_report(session_id="S-2", ingest_seq=9)]
    assert owe(*reports) == 2
    assert owe(*reports) == 0
    assert outbox.watermark() == 9


def test_a_broken_report_owes_nothing_and_moves_no_watermark(
    outbox: Outbox, recipient: Recipient, make_report: ReportMaker
) -> None:
    def reports() -> Iterator[Report]:
        yield make_report()
        raise ValueError

    with pytest.raises(ValueError):
        owe_reports(outbox, reports(), [recipient], "qa.example", NOW)
    assert outbox.count_waiting() == 0
    assert outbox.watermark() == 0


def test_a_claimed_letter_is_claimed_by_nobody_else(
    outbox: Outbox, owe: Owe, make_report: ReportMaker
) -> None:
    owe(*(make_report(session_id=f"S-{n}") for n in range(3)))
    assert len(outbox.claim(NOW, limit=2)) == 2
    assert len(outbox.claim(NOW, limit=2)) == 1
    assert outbox.claim(NOW, limit=2) == []


def test_a_letter_composed_from_the_outbox_is_the_same(
    outbox: Outbox, owe: Owe, make_report: ReportMaker
) -> None:
    owe(make_report())
    [letter] = outbox.claim(NOW, limit=1)
    assert Report.model_validate_json(letter.content) == make_report()


def test_the_outbox_keeps_no_column_that_no_letter_shows_and_no_report_once_sent(
    outbox: Outbox, owe: Owe, report_row: RowMaker, tmp_path: Path
) -> None:
    row = report_row() | {"window_days": 90, "student_feedback": "secret words"}
    owe(Report.model_validate(row))
    [letter] = outbox.claim(NOW, limit=1)
    assert "secret words" not in letter.content
    outbox.confirm(letter, NOW)
    with sqlite3.connect(tmp_path / "letters" / "outbox.sqlite") as connection:
        assert connection.execute("select state, content from letters").fetchall() == [
            ("sent", None)
        ]


@pytest.mark.usefixtures("outbox")
def test_the_folder_with_addresses_is_for_its_owner_alone(tmp_path: Path) -> None:
    assert (tmp_path / "letters").stat().st_mode & 0o077 == 0


def test_pauses_double_up_to_an_hour(outbox: Outbox, owe: Owe, make_report: ReportMaker) -> None:
    now, pauses = NOW, []
    owe(make_report())
    for _ in range(9):
        [letter] = outbox.claim(now, limit=1)
        pauses.append(letter.pause(jitter=0).total_seconds())
        outbox.postpone(letter, now, "451", jitter=0)
        now += letter.pause(jitter=0)
    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
