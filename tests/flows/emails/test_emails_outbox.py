"""The outbox owes each letter once, holds only what a letter needs, and waits ever longer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flows.emails.outbox import Outbox
from flows.emails.report import Report

if TYPE_CHECKING:
    from tests.flows.emails.conftest import RowMaker

ReportMaker = Callable[..., Report]
NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with Outbox(tmp_path / "letters" / "outbox.sqlite") as outbox:
        outbox.sync_recipients(["ann@qa.example"], NOW - timedelta(days=9))
        yield outbox


def test_the_same_reports_owe_nothing_more(outbox: Outbox, make_report: ReportMaker) -> None:
    reports = [make_report(), make_report(session_id="S-2", ingest_seq=9)]
    assert outbox.enqueue(reports, "qa.example", NOW) == 2
    assert outbox.enqueue(reports, "qa.example", NOW) == 0
    assert outbox.watermark() == 9


def test_a_broken_report_owes_nothing_and_moves_no_watermark(
    outbox: Outbox, make_report: ReportMaker
) -> None:
    def reports() -> Iterator[Report]:
        yield make_report()
        raise ValueError

    with pytest.raises(ValueError):
        outbox.enqueue(reports(), "qa.example", NOW)
    assert outbox.count_waiting() == 0
    assert outbox.watermark() == 0


def test_a_claimed_letter_is_claimed_by_nobody_else(
    outbox: Outbox, make_report: ReportMaker
) -> None:
    outbox.enqueue([make_report(session_id=f"S-{n}") for n in range(3)], "qa.example", NOW)
    assert len(outbox.claim(NOW, limit=2)) == 2
    assert len(outbox.claim(NOW, limit=2)) == 1
    assert outbox.claim(NOW, limit=2) == []


def test_a_letter_composed_from_the_outbox_is_the_same(
    outbox: Outbox, make_report: ReportMaker
) -> None:
    outbox.enqueue([make_report()], "qa.example", NOW)
    [letter] = outbox.claim(NOW, limit=1)
    assert letter.report == make_report()


def test_the_outbox_keeps_no_column_that_no_letter_shows_and_no_report_once_sent(
    outbox: Outbox, report_row: RowMaker, tmp_path: Path
) -> None:
    row = report_row() | {"window_days": 90, "student_feedback": "secret words"}
    outbox.enqueue([Report.model_validate(row)], "qa.example", NOW)
    [letter] = outbox.claim(NOW, limit=1)
    assert "secret words" not in letter.report_json
    outbox.confirm(letter, NOW)
    with sqlite3.connect(tmp_path / "letters" / "outbox.sqlite") as connection:
        assert connection.execute("select state, report from letters").fetchall() == [
            ("sent", None)
        ]


@pytest.mark.usefixtures("outbox")
def test_the_folder_with_addresses_is_for_its_owner_alone(tmp_path: Path) -> None:
    assert (tmp_path / "letters").stat().st_mode & 0o077 == 0


def test_pauses_double_up_to_an_hour(outbox: Outbox, make_report: ReportMaker) -> None:
    now, pauses = NOW, []
    outbox.enqueue([make_report()], "qa.example", now)
    for _ in range(9):
        [letter] = outbox.claim(now, limit=1)
        pauses.append(letter.pause(jitter=0).total_seconds())
        outbox.postpone(letter, now, "451", jitter=0)
        now += letter.pause(jitter=0)
    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
