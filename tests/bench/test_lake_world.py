"""A world written straight into a lake is what ingest would have left there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from bench.lake_world import write_lake
from core.lake import SESSIONS, TUTORS, read_watermark
from ingest.lake_check import check_lake
from synthetic.world import World, make_world

END = datetime(2026, 11, 22, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(5, tutors=20, students=100, days=20, sessions_per_day=80, end=END)


@pytest.fixture(scope="module")
def lake_dir(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("o'brien") / "lake"
    write_lake(folder, world.tutors, world.sessions, copies=3)
    return folder


@pytest.fixture(scope="module")
def long_lake_dir(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("long") / "lake"
    write_lake(folder, world.tutors, world.sessions, years=2)
    return folder


def ask(lake_dir: Path, dataset: str, query: str) -> list[tuple[object, ...]]:
    """Returns the rows of a query over `records`."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        files = f"{lake_dir}/{dataset}/*/*.parquet"
        connection.read_parquet(files, hive_partitioning=True).create_view("records")
        return connection.execute(query).fetchall()


def test_the_check_of_lakes_finds_nothing_wrong(lake_dir: Path) -> None:
    assert check_lake(lake_dir).faults == []


def test_files_have_the_columns_of_the_lake(lake_dir: Path) -> None:
    for dataset in (SESSIONS, TUTORS):
        with duckdb.connect() as connection:
            names = connection.read_parquet(f"{lake_dir}/{dataset.name}/*/*.parquet").columns
        assert names[: len(dataset.columns)] == list(dataset.columns)


def test_every_copy_is_a_company_of_its_own(lake_dir: Path, world: World) -> None:
    query = "select count(*), count(distinct session_id), count(distinct tutor_id) from records"
    [(rows, sessions, tutors)] = ask(lake_dir, "sessions", query)
    assert rows == sessions == 3 * world.sessions.height
    assert tutors == 3 * world.sessions["tutor_id"].n_unique()
    moves = "count_if(rescheduled_from is not null)"
    of_copies = "count_if(rescheduled_from like '%.2' and session_id like '%.2')"
    [(moved, copied)] = ask(lake_dir, "sessions", f"select {moves}, {of_copies} from records")
    assert moved == 3 * copied > 0


def test_numbers_follow_the_order_of_telling(lake_dir: Path, world: World) -> None:
    last_seq = read_watermark(lake_dir).ingest_seq
    [(low, high, rows, falls)] = ask(
        lake_dir,
        "sessions",
        """
        select min(ingest_seq), max(ingest_seq), count(*), count_if(sent_at < before) from
            (select *, lag(sent_at) over (order by ingest_seq) as before from records)
        """,
    )
    assert (low, high) == (3 * world.tutors.height + 1, last_seq)
    assert (high - low + 1, falls) == (rows, 0)


def test_partitions_are_the_days_of_arrival(lake_dir: Path) -> None:
    [(wrong,)] = ask(
        lake_dir,
        "sessions",
        "select count(*) from records where received_on <> received_at::date or not is_backfill",
    )
    assert wrong == 0


def test_years_are_lived_by_the_same_people_one_after_the_other(
    long_lake_dir: Path, world: World
) -> None:
    assert check_lake(long_lake_dir).faults == []
    rows = ask(
        long_lake_dir,
        "sessions",
        """
        select max(sent_at), max(ingest_seq), count(distinct tutor_id), count_if(
            reschedule.requested_at > scheduled_start
        ) from records group by session_id like '%.y1' order by 1
        """,
    )
    [(before, *early), (after, *late)] = rows
    assert after - before == timedelta(days=364)
    assert late[0] - early[0] == world.sessions.height
    assert early[1:] == late[1:] == [world.sessions["tutor_id"].n_unique(), 0]
