"""When sets were published and letters sent reaches the lake: once, by day, from closed stores."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from core import lake
from core.lake import DELIVERIES, PUBLICATIONS, Measure
from core.marts import Published
from flows.emails.outbox import Outbox
from flows.measures import export_measures, note_publication

EVENING, MIDNIGHT = "2026-11-20T23:59:59+00:00", "2026-11-21T00:00:00+00:00"


@dataclass
class Stores:
    """A lake without measures yet, a folder of sets, and an outbox."""

    folder: Path

    @property
    def outbox_path(self) -> Path:
        return self.folder / "letters" / "outbox.sqlite"

    def publish(self, number: int, moment: str) -> None:
        published = Published(number, f"marts-{number}.duckdb", moment, moment, 10 * number)
        note_publication(self.folder / "warehouse", published)

    def send(self, session_id: str, recipient: str, moment: str, state: str = "sent") -> None:
        with Outbox(self.outbox_path):
            pass
        row = (session_id, recipient, state, f"{session_id}-{recipient}", moment)
        with closing(sqlite3.connect(self.outbox_path)) as outbox, outbox:
            outbox.execute(
                "insert into letters (kind, about, version, recipient, rank, state, next_try_at, "
                "message_id, created_at, sent_at) values ('session', ?, 1, ?, 2, ?, '', ?, '', ?)",
                row,
            )

    def export(self) -> None:
        export_measures(self.folder / "lake", self.folder / "warehouse", self.outbox_path)

    def rows(self, measure: Measure) -> list[tuple[object, ...]]:
        files = f"{measure.folder(self.folder / 'lake')}/*/*.parquet"
        query = f"SELECT {measure.key}, CAST(received_on AS VARCHAR) FROM read_parquet('{files}')"
        with duckdb.connect() as connection:
            return sorted(connection.execute(query).fetchall())


@pytest.fixture
def stores(tmp_path: Path) -> Stores:
    lake.ensure(tmp_path / "lake")
    (tmp_path / "warehouse").mkdir()
    return Stores(tmp_path)


def test_each_set_lies_under_the_day_of_its_publishing(stores: Stores) -> None:
    stores.publish(1, EVENING)
    stores.publish(2, MIDNIGHT)
    stores.export()
    assert stores.rows(PUBLICATIONS) == [(1, "2026-11-20"), (2, "2026-11-21")]


def test_what_comes_later_in_a_day_is_added_and_nothing_is_there_twice(stores: Stores) -> None:
    for number in (1, 2):
        stores.publish(number, EVENING)
        stores.send(f"s{number}", "a@company.example", EVENING)
        stores.export()
        stores.export()
    assert [number for number, _ in stores.rows(PUBLICATIONS)] == [1, 2]
    assert stores.rows(DELIVERIES) == [("s1", "2026-11-20"), ("s2", "2026-11-20")]


def test_a_note_that_a_power_cut_left_half_written_is_passed_over(stores: Stores) -> None:
    stores.publish(1, EVENING)
    notes = stores.folder / "warehouse" / "publications.ndjson"
    notes.write_text(notes.read_text() + '{"set_number": 2, "ingest')
    stores.export()
    assert [number for number, _ in stores.rows(PUBLICATIONS)] == [1]


def test_a_session_is_delivered_by_the_first_letter_that_was_sent(stores: Stores) -> None:
    stores.send("s", "second@company.example", MIDNIGHT)
    stores.send("s", "first@company.example", EVENING)
    stores.send("waiting", "first@company.example", EVENING, state="dead")
    stores.export()
    assert stores.rows(DELIVERIES) == [("s", "2026-11-20")]


def test_nothing_noted_and_nothing_sent_leaves_the_lake_as_it_is(stores: Stores) -> None:
    stores.export()
    assert stores.rows(PUBLICATIONS) == stores.rows(DELIVERIES) == []
