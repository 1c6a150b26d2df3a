from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI

from core.errors import CannotStart, StorageFull, Unavailable
from ingest import tables
from ingest.batches import Batch, Receipt
from ingest.journal import Journal
from ingest.records import Entry

pytestmark = pytest.mark.asyncio
Make = Callable[..., Any]


async def test_many_requests_share_few_commits(
    ingest_client: httpx.AsyncClient, ingest_app: FastAPI, make_session: Make
) -> None:
    journal = ingest_app.state.door.journal
    before = journal.commits
    # While this work holds the journal's thread, all requests come to wait for the next commit.
    hold = asyncio.create_task(journal.run(lambda sql: sql.execute(_SLOW).fetchone()))
    posts = (ingest_client.post("/v1/sessions", json=make_session(f"s-{n}")) for n in range(60))
    answers = await asyncio.gather(*posts)
    await hold
    assert {answer.status_code for answer in answers} == {202}
    assert journal.commits - before < 30


_SLOW = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
    SELECT count(*) FROM n
"""


async def test_the_same_session_in_concurrent_requests_is_stored_once(
    ingest_client: httpx.AsyncClient, make_session: Make
) -> None:
    posts = (ingest_client.post("/v1/sessions", json=make_session()) for _ in range(20))
    answers = [answer.json() for answer in await asyncio.gather(*posts)]
    assert sum(answer["accepted"] for answer in answers) == 1
    assert sum(answer["duplicates"] for answer in answers) == 19


async def test_sequence_numbers_are_never_used_again(tmp_path: Path) -> None:
    path, numbers = tmp_path / "journal.sqlite", []
    for key in ("a", "b", "c"):
        journal = Journal(path, 10, lambda: None)
        await journal.append(_batch(key))
        waiting = await journal.run(partial(tables.backlog, max_bytes=1))
        numbers += [row.first_seq for row in waiting.rows]
        await journal.run(partial(tables.trim, upto=waiting.rows[-1].last_seq))
        journal.close()
    assert numbers == [1, 2, 3]


async def test_every_commit_is_synced(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite", 10, lambda: None)
    modes = await journal.run(
        lambda sql: [sql.execute(f"PRAGMA {name}").fetchone()[0] for name in _DURABLE]
    )
    journal.close()
    assert dict(zip(_DURABLE, modes, strict=True)) == _DURABLE


_DURABLE = {"journal_mode": "wal", "synchronous": 2}


async def test_a_failed_write_fails_all_who_wait_and_ends_the_process(tmp_path: Path) -> None:
    ended: list[bool] = []
    journal = Journal(tmp_path / "journal.sqlite", 10, lambda: ended.append(True))
    await journal.run(lambda sql: sql.execute("DROP TABLE seen"))
    outcomes = await asyncio.gather(
        *(journal.append(_batch(key)) for key in "abc"), return_exceptions=True
    )
    assert {type(outcome) for outcome in outcomes} == {Unavailable}
    with pytest.raises(Unavailable):
        await journal.append(_batch("d"))
    journal.close()
    assert (ended, journal.has_failed) == ([True], True)


async def test_work_that_crashes_leaves_no_trace_and_fails_nobody_else(tmp_path: Path) -> None:
    def crash(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO state VALUES ('half', 'done')")
        connection.execute("SELECT ?", (2**70,))  # which SQLite does not know

    journal = Journal(tmp_path / "journal.sqlite", 10, lambda: None)
    crashed, receipt = await asyncio.gather(
        journal.run(crash), journal.append(_batch("beside")), return_exceptions=True
    )
    assert isinstance(crashed, OverflowError) and receipt == Receipt(1)
    query = "SELECT count(*) FROM state WHERE key = 'half'"
    assert await journal.run(lambda sql: sql.execute(query).fetchone()) == (0,)
    journal.close()


async def test_a_full_database_is_507(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite", 10, lambda: None)
    await journal.run(lambda sql: sql.execute("PRAGMA max_page_count = 1").fetchone())
    with pytest.raises(StorageFull):
        await journal.append(_batch("large", os.urandom(250_000).hex().encode()))
    journal.close()


async def test_a_damaged_file_is_one_clear_refusal_to_start(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(CannotStart, match="cannot be opened"):
        Journal(path, 10, lambda: None)


async def test_a_journal_of_another_format_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE seen (kind, id, version, hash)")
    with pytest.raises(CannotStart, match="another version"):
        Journal(path, 10, lambda: None)
    assert "version" in sqlite3.connect(path).execute("SELECT sql FROM sqlite_master").fetchone()[0]


async def test_a_row_of_the_log_holds_the_records_with_where_they_came_from(
    ingest_client: httpx.AsyncClient, make_session: Make, tmp_path: Path
) -> None:
    await ingest_client.post("/v1/sessions", json=make_session(color="red"))
    with sqlite3.connect(tmp_path / "data/journal/journal.sqlite") as connection:
        [row] = tables.log_rows(connection)
    [line] = map(orjson.loads, row.lines())
    assert (line["sender"], line["extra"]) == ("rails", {"color": "red"})
    assert line["record"]["session_id"] == "s-1"


def _batch(key: str, raw: bytes = b"{}") -> Batch:
    entry = Entry(0, key, 1, "d" * 32, raw, None)
    return Batch("sessions", [entry], [], "req", "rails", "2026-11-22T00:00:00+00:00")
