"""Readers of the marts: read-only, locked in, and always on the newest set."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import duckdb
import pytest

from core.errors import MartsNotPublished
from core.marts import Marts, read_pointer
from tests.core.conftest import Publish

NUMBER = "SELECT number FROM numbers"


def test_before_the_first_set_the_reader_is_told_to_wait(tmp_path: Path) -> None:
    with pytest.raises(MartsNotPublished, match="Try again in a minute"):
        Marts(tmp_path / "nowhere").rows(NUMBER)


def test_the_pointer_says_what_is_published(tmp_path: Path, publish_number: Publish) -> None:
    assert publish_number(4) == read_pointer(tmp_path) == Marts(tmp_path).published()


def test_readers_see_the_next_set_once_it_is_published(
    tmp_path: Path, publish_number: Publish
) -> None:
    marts = Marts(tmp_path)
    for number in (1, 2, 3):
        publish_number(number)
        assert marts.rows(NUMBER) == [{"number": number}]


def test_a_cursor_keeps_its_set_when_a_newer_one_is_published_and_the_file_goes(
    tmp_path: Path, publish_number: Publish
) -> None:
    marts = Marts(tmp_path)
    publish_number(1)
    cursor = marts.cursor()
    publish_number(2)
    (tmp_path / "marts-1.duckdb").unlink()
    assert marts.rows(NUMBER) == [{"number": 2}]
    assert cursor.execute(NUMBER).fetchall() == [(1,)]


def test_two_readers_share_a_file_in_one_process(tmp_path: Path, publish_number: Publish) -> None:
    publish_number(1)
    first, second = Marts(tmp_path), Marts(tmp_path)
    assert first.rows(NUMBER) == second.rows(NUMBER) == [{"number": 1}]


def test_many_readers_open_each_set_at_once(tmp_path: Path, publish_number: Publish) -> None:
    readers = [Marts(tmp_path) for _ in range(4)]
    with ThreadPoolExecutor(len(readers)) as pool:
        for number in range(1, 101):
            publish_number(number)
            together = Barrier(len(readers))

            def read(marts: Marts, together: Barrier = together) -> list[dict[str, int]]:
                together.wait()
                return marts.rows(NUMBER)

            assert list(pool.map(read, readers)) == [[{"number": number}]] * len(readers)


def test_threads_may_read_while_sets_change(tmp_path: Path, publish_number: Publish) -> None:
    marts = Marts(tmp_path)
    publish_number(1)
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(marts.rows, NUMBER) for _ in range(50)]
        publish_number(2)
        answers += [pool.submit(marts.rows, NUMBER) for _ in range(50)]
    numbers = [answer.result()[0]["number"] for answer in answers]
    assert set(numbers) <= {1, 2} and set(numbers[50:]) == {2}


FORBIDDEN = [
    "INSERT INTO numbers VALUES (5)",
    "CREATE TABLE more (n INTEGER)",
    "DROP TABLE numbers",
    "FROM read_text('{folder}/current.json')",
    "FROM '{folder}/other.parquet'",
    "FROM glob('{folder}/*')",
    "COPY numbers TO '{folder}/out.csv'",
    "ATTACH '{folder}/other.duckdb'",
    "EXPORT DATABASE '{folder}/out'",
    "INSTALL httpfs",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "SET GLOBAL memory_limit = '100GB'",
    "SET TimeZone = 'America/Chicago'",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_readers_cannot_write_reach_other_files_or_unlock(
    tmp_path: Path, publish_number: Publish, statement: str
) -> None:
    publish_number(1)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(duckdb.Error):
        Marts(tmp_path).rows(statement.format(folder=tmp_path))
    assert sorted(tmp_path.iterdir()) == before


def test_moments_are_in_utc_and_values_are_bound(tmp_path: Path, publish_number: Publish) -> None:
    publish_number(1)
    query = "SELECT CAST(TIMESTAMPTZ '2026-11-20 18:00:00-06' AS VARCHAR) AS at, $1 AS value"
    (row,) = Marts(tmp_path).rows(query, ["'; DROP TABLE numbers; --"])
    assert row == {"at": "2026-11-21 00:00:00+00", "value": "'; DROP TABLE numbers; --"}
