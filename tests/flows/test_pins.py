"""A build reads the lake as it was when the build began, and no more of it than it needs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from core import lake
from flows.pins import pin_folder, pinned

_DAY = "received_on=2026-11-20"
# Puts another file in the place of the one before, again and again, each all of one generation.
_DRAIN = """
import sys, duckdb, os, itertools
target = sys.argv[1]
for rows in itertools.cycle(range(20_000, 60_000, 1_733)):
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT n AS ingest_seq, hash(n + {rows}) AS noise, {rows} AS generation "
            f"FROM range({rows}) AS numbers (n)) TO '{target}.draft' (FORMAT parquet)"
        )
    os.replace(f"{target}.draft", target)
    print(rows, flush=True)
"""


def _write(lake_dir: Path, part: str, first: int, last: int) -> Path:
    path = lake_dir / "sessions" / _DAY / part
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    with duckdb.connect() as connection:
        numbers = connection.sql(f"SELECT range AS ingest_seq FROM range({first}, {last + 1})")
        numbers.write_parquet(str(draft))
    draft.replace(path)
    return path


def _numbers(lake_dir: Path) -> list[int]:
    files = sorted(map(str, pin_folder(lake_dir).glob("sessions/*/part-*.parquet")))
    if not files:
        return []
    with duckdb.connect() as connection:
        return [n for (n,) in connection.read_parquet(files).order("ingest_seq").fetchall()]


@pytest.fixture
def lake_dir(tmp_path: Path) -> Path:
    lake.ensure(tmp_path)
    return tmp_path


@pytest.fixture
def busy_lake(lake_dir: Path) -> Iterator[Path]:
    target = lake_dir / "sessions" / _DAY / "part-0000.parquet"
    target.parent.mkdir()
    command = [sys.executable, "-c", _DRAIN, str(target)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as drain:
        assert drain.stdout and drain.stdout.readline()
        yield lake_dir
        drain.kill()


def test_a_file_that_is_replaced_while_it_is_read_is_read_as_it_was(busy_lake: Path) -> None:
    query = (
        "SELECT count(*), min(generation), max(generation), "
        "bool_and(noise = hash(ingest_seq + generation)) "
        f"FROM read_parquet('{pin_folder(busy_lake)}/*/*/part-*.parquet', union_by_name = true)"
    )
    generations = set()
    for _ in range(200):
        with pinned(busy_lake), duckdb.connect() as connection:
            [(count, first, last, is_sound)] = connection.execute(query).fetchall()
        assert count == first == last and is_sound
        generations.add(count)
    assert len(generations) > 5  # it was replaced meanwhile


def test_only_files_with_newer_sessions_are_there(lake_dir: Path) -> None:
    _write(lake_dir, "part-0000.parquet", 1, 10)
    _write(lake_dir, "part-0001.parquet", 11, 20)
    for since, expected in ((-1, (1, 20)), (9, (1, 20)), (10, (11, 20)), (19, (11, 20))):
        with pinned(lake_dir, since):
            assert _numbers(lake_dir) == list(range(expected[0], expected[1] + 1))
    with pinned(lake_dir, 20):
        assert _numbers(lake_dir) == []


def test_a_file_that_grew_is_seen_again(lake_dir: Path) -> None:
    for last in (10, 20, 30):
        _write(lake_dir, "part-0000.parquet", 1, last)
        with pinned(lake_dir, last - 5):
            assert _numbers(lake_dir) == list(range(1, last + 1))
        with pinned(lake_dir, last):
            assert _numbers(lake_dir) == []


def test_a_day_that_was_quiet_is_seen_when_it_gets_another_file(lake_dir: Path) -> None:
    first = _write(lake_dir, "part-0000.parquet", 1, 10)
    long_ago = time.time() - 60
    os.utime(first.parent, (long_ago, long_ago))
    for _ in range(2):
        with pinned(lake_dir, 10):
            assert _numbers(lake_dir) == []
    _write(lake_dir, "part-0001.parquet", 11, 20)
    with pinned(lake_dir, 10):
        assert _numbers(lake_dir) == list(range(11, 21))
    with pinned(lake_dir):
        assert _numbers(lake_dir) == list(range(1, 21))


def test_every_dataset_can_be_read_though_nothing_is_new(lake_dir: Path) -> None:
    with pinned(lake_dir, 10**9):
        files = pin_folder(lake_dir).rglob("*.parquet")
        folders = sorted(path.parent.parent.name for path in files)
    assert folders == [
        "flag_actions",
        "sessions",
        "tutors",
    ]  # transcripts are for nobody here


def test_nothing_is_left_of_it_not_even_by_a_build_that_was_killed(lake_dir: Path) -> None:
    old = pin_folder(lake_dir) / "sessions" / _DAY / "part-0009.parquet"
    old.parent.mkdir(parents=True)
    old.touch()
    with pytest.raises(RuntimeError, match="stops"), pinned(lake_dir):
        assert not old.exists()
        raise RuntimeError("the build stops")
    left = {path.name for path in pin_folder(lake_dir).rglob("*.parquet")}
    assert left == {lake.EMPTY_FILE}
