"""The lake as it is at one moment: a folder of hard links, for one build.

Ingest replaces its newest files about once a second, and DuckDB opens a file twice for one query:
one read in fifty met the footer of one file and the pages of the next. A link keeps the file it was
made for. A micro-batch links only those sessions that are new, so thousands of old footers, which
nobody needs, are not read either.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb

from core.lake import FLAG_ACTIONS, MEASURES, SESSIONS, TUTORS, empty_files

PINS = ".build"
# What a file is known by: ingest never writes to one that is there, it puts another in its place.
_Identity = tuple[int, int]
_newest_records: dict[_Identity, int] = {}
# A folder's time changes with its files: when it was, and the newest record in it then.
_quiet_folders: dict[str, tuple[int, int]] = {}
_TIME_STEP = 2_000_000_000  # ns; within one step of a clock a folder may change and not show it
_ALWAYS_NEW = 2**63 - 1  # a file that does not tell, such as the one without rows
_NEWEST = f"""
    SELECT file_name, coalesce(max(CAST(stats_max_value AS BIGINT)), {_ALWAYS_NEW})
    FROM parquet_metadata(?) WHERE path_in_schema = 'ingest_seq' GROUP BY 1
"""


def pin_folder(lake_dir: Path, name: str = PINS) -> Path:
    """Returns the folder that a build reads as its lake; in the lake, as links need one disk."""
    return lake_dir / name


@contextmanager
def pinned(lake_dir: Path, since: int = -1, name: str = PINS) -> Iterator[None]:
    """Keeps `pin_folder` filled: all tutors and flag actions, and sessions that came after `since`;
    measures too when everything is read.

    Whole files are linked, so some of their sessions came earlier. Two builds at a time need two
    names.
    """
    folder = pin_folder(lake_dir, name)
    shutil.rmtree(folder, ignore_errors=True)  # of a build that was killed
    try:
        # no micro-batch reads measures, which are a file a day for ever
        for dataset in (TUTORS, FLAG_ACTIONS, *(MEASURES if since < 0 else ())):
            _link(folder, dataset.folder(lake_dir).glob("*/*.parquet"))
        changed = _changed_folders(SESSIONS.folder(lake_dir), since)
        sessions = {day: list(day.glob("*.parquet")) for day in changed}
        paths = [path for found in sessions.values() for path in found]
        _forget_all_but({_identity(path) for path in paths})
        _drop_old(_link(folder, (path for path in paths if _newest(path) > since)), since)
        _remember_quiet(changed, sessions)
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        # or views could not be asked
        _link(folder, (path for path in empty_files(lake_dir) if path.exists()))


def _changed_folders(parent: Path, since: int) -> dict[Path, int]:
    """Returns those that may hold records after `since`, with the time of each."""
    with os.scandir(parent) as found:  # a folder a day, for ever
        times = {entry.path: entry.stat().st_mtime_ns for entry in found}
    return {
        Path(folder): changed
        for folder, changed in times.items()
        if (quiet := _quiet_folders.get(folder)) is None or quiet[0] != changed or quiet[1] > since
    }


def _remember_quiet(days: dict[Path, int], sessions: dict[Path, list[Path]]) -> None:
    settled = time.time_ns() - _TIME_STEP
    for day, changed in days.items():
        if changed < settled:
            newest = max((_newest(path) for path in sessions[day]), default=-1)
            _quiet_folders[str(day)] = (changed, newest)


def _forget_all_but(identities: set[_Identity]) -> None:
    for gone in _newest_records.keys() - identities:
        del _newest_records[gone]


def _link(folder: Path, paths: Iterable[Path]) -> list[Path]:
    links = [(path, folder / path.relative_to(folder.parent)) for path in paths]
    for parent in {link.parent for _, link in links}:
        parent.mkdir(parents=True)
    for path, link in links:
        _hold(path, link)
    return [link for _, link in links]


def _hold(path: Path, link: Path, tries: int = 5) -> None:
    try:
        link.hardlink_to(path)
    except FileNotFoundError:  # the file was replaced between its look-up and its linking
        if tries == 1:
            raise
        _hold(path, link, tries - 1)


def _drop_old(links: list[Path], since: int) -> None:
    unknown = [str(link) for link in links if _identity(link) not in _newest_records]
    if unknown and since >= 0:
        found = _reader().cursor().execute(_NEWEST, [unknown]).fetchall()
        _newest_records.update({_identity(Path(name)): newest for name, newest in found})
    for link in links:
        if _newest(link) <= since:
            link.unlink()


@cache
def _reader() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()  # once: it takes four times as long as what is asked of it


def _newest(path: Path) -> int:
    return _newest_records.get(_identity(path), _ALWAYS_NEW)


def _identity(path: Path) -> _Identity:
    status = path.stat()
    return status.st_ino, status.st_mtime_ns
