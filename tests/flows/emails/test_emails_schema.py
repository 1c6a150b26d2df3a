"""An outbox of the first form keeps what it owes and what it has sent."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from core.recipients import Recipient
from flows.emails.outbox import Outbox
from flows.emails.owing import owe_reports
from flows.emails.report import Report

NOW = datetime(2026, 11, 21, tzinfo=UTC)
_FIRST_FORM = """
    create table letters (
        session_id text not null, version integer not null, recipient text not null,
        status text not null, state text not null, attempts integer not null default 0,
        next_try_at text not null, message_id text not null, report text,
        created_at text not null, sent_at text, last_error text,
        primary key (session_id, version, recipient)
    ) strict;
    create index letters_owed on letters (next_try_at) where state in ('pending', 'sending');
    create table recipients (address text primary key, added_at text not null) strict;
    create table state (key text primary key, value integer not null) strict;
    insert into recipients values ('ann@qa.example', '2026-11-01');
    insert into state values ('ingest_seq', 41);
"""
_LETTER = (
    "insert into letters values (?, 1, 'ann@qa.example', 'completed', ?, 1, ?, ?, ?, ?, null, null)"
)


def test_an_outbox_of_the_first_form_is_brought_up(
    tmp_path: Path, make_report: Callable[..., Report], recipient: Recipient
) -> None:
    path = tmp_path / "outbox.sqlite"
    stamp = "2026-11-20T00:00:00.000000+00:00"
    waiting = make_report().model_dump_json()
    with sqlite3.connect(path) as store:
        store.executescript(_FIRST_FORM)
        store.execute(_LETTER, ("S-8F2K", "pending", stamp, "<a@qa>", waiting, stamp))
        store.execute(_LETTER, ("S-1", "sent", stamp, "<b@qa>", None, stamp))
    for _ in range(2):
        with Outbox(path) as outbox:
            assert outbox.watermark() == 41
            assert outbox.count_waiting() == 1
    with Outbox(path) as outbox:
        again = [make_report(), make_report(session_id="S-1")]
        assert owe_reports(outbox, again, [recipient], "qa.example", NOW) == 0
        [letter] = outbox.claim(NOW, limit=5)
        assert (letter.message_id, letter.kind) == ("<a@qa>", "session")
        assert Report.model_validate_json(letter.content) == make_report()


def test_two_processes_may_open_a_new_outbox_at_once(tmp_path: Path) -> None:
    with Outbox(tmp_path / "outbox.sqlite"), Outbox(tmp_path / "outbox.sqlite") as second:
        assert second.count_waiting() == 0
