"""A pretend company's records written into a lake as Parquet, without a journal and a drain.

Every record is there as if it had been posted the moment it was told of, in the company's own
order: `received_at` is `sent_at`, partitions go by its day, `is_backfill` is true.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import duckdb
import polars as pl

from core import lake
from core.lake import SESSIONS, TUTORS, Dataset
from synthetic.ndjson import map_moments

_PARQUET = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 32768"
# Whole weeks, so that weekdays stay.
_DAYS_A_YEAR = 364
_IDS_OF_COPIES = ("session_id", "tutor_id", "student_id", "rescheduled_from")
_IDS_OF_YEARS = ("session_id", "rescheduled_from")


def write_lake(
    lake_dir: Path,
    tutors: pl.DataFrame,
    sessions: pl.DataFrame,
    copies: int = 1,
    years: int = 1,
) -> int:
    """Returns the watermark of a new lake: all tutors first, then all sessions by `sent_at`.

    To make a large company of a small one, `copies` of it stand side by side, each with people of
    its own. To make a long history of a short one, the same people live through it in each of
    `years`, the last of which is the one given. A day of sessions is held in memory at a time.
    """
    lake.ensure(lake_dir)
    ordered = sessions.sort("sent_at")
    profiles = tutors.with_columns(sent_at=_earlier(pl.lit(ordered["sent_at"][0]), years - 1))
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        writer = _Writer(connection, lake_dir, copies)
        writer.write(TUTORS, profiles)
        for year in reversed(range(years)):
            writer.write(SESSIONS, map_moments(ordered, partial(_earlier, years=year)), year)
    write_watermark(lake_dir, writer.last_seq, ordered["sent_at"][-1])
    return writer.last_seq


def write_watermark(lake_dir: Path, ingest_seq: int, received_at: datetime) -> None:
    """Says that the lake holds every record up to `ingest_seq`."""
    content = {"ingest_seq": ingest_seq, "received_at": received_at.isoformat()}
    lake.write_durably(lake_dir / "watermark.json", json.dumps(content).encode())


def _earlier(moment: pl.Expr, years: int) -> pl.Expr:
    return moment - pl.duration(days=years * _DAYS_A_YEAR)


@dataclass
class _Writer:
    """Writes records, in their order, to one file a day; `last_seq` is the last number given."""

    connection: duckdb.DuckDBPyConnection
    lake_dir: Path
    copies: int
    last_seq: int = 0

    def write(self, dataset: Dataset, records: pl.DataFrame, year: int = 0) -> None:
        """Writes records that are sorted by `sent_at`; those of an earlier year get other ids."""
        for day, part in _days(records):
            # a year's last days are the next one's first: what is booked is told of before
            path = dataset.partition(self.lake_dir, day) / f"part-{year:04}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            self.connection.register("records", part.with_row_index("place").to_arrow())
            query = _landed_query(dataset, part.columns, self.copies, self.last_seq + 1, year)
            target = str(path).replace("'", "''")
            self.connection.execute(f"COPY ({query}) TO '{target}' ({_PARQUET})")
            lake.digest_path(path).write_text(lake.digest_of(path))
            self.last_seq += part.height * self.copies


def _days(records: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    start = 0
    days = records.group_by(pl.col("sent_at").dt.date(), maintain_order=True).len()
    for day, count in days.iter_rows():
        yield day.isoformat(), records[start : start + count]
        start += count


def _landed_query(
    dataset: Dataset, columns: list[str], copies: int, first_seq: int, year: int
) -> str:
    values = {name: f'"{name}"' for name in dataset.fields if name in columns}
    if year:
        values |= {name: f"{name} || '.y{year}'" for name in _IDS_OF_YEARS if name in values}
    values |= {
        name: f"{values[name]} || CASE WHEN copy > 0 THEN '.' || copy ELSE '' END"
        for name in _IDS_OF_COPIES
        if name in values
    }
    values |= {
        "ingest_seq": f"{first_seq} + place * {copies} + copy",
        "received_at": "sent_at",
        "request_id": "'bench'",
        "sender": "'bench'",
        "is_backfill": "true",
    }
    landed = ", ".join(
        f'({values.get(name, "NULL")})::{kind} AS "{name}"'
        for name, kind in dataset.columns.items()
    )
    copied = f"records CROSS JOIN (SELECT unnest(range({copies})) AS copy)"
    return f"SELECT {landed} FROM {copied} ORDER BY ingest_seq"


def land_batch(lake_dir: Path, sessions: pl.DataFrame, number: int, at: datetime) -> int:
    """Returns the watermark after sessions landed as ingest would leave them, live, at `at`.

    `number` names the file; sessions are those of the company itself, not of its copies.
    """
    first_seq = lake.read_watermark(lake_dir).ingest_seq + 1
    path = SESSIONS.partition(lake_dir, at.date().isoformat()) / f"part-{9000 + number}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    query = _landed_query(SESSIONS, sessions.columns, 1, first_seq, 0)
    live = f"false AS is_backfill, TIMESTAMPTZ '{at.isoformat()}' AS received_at"
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("records", sessions.with_row_index("place").to_arrow())
        connection.sql(f"SELECT * REPLACE ({live}) FROM ({query})").write_parquet(str(path))
    last_seq = first_seq + sessions.height - 1
    write_watermark(lake_dir, last_seq, at)
    return last_seq
