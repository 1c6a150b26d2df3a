"""The landing log: one SQLite connection, owned by one thread, with group commit.

Everything that waits goes into one transaction and so costs one fdatasync. After a failed write or
fsync nobody knows what is on disk: all waiters are told, the process ends, a new one reads the
file again. A failed fsync is never tried twice, since the second may succeed without the data.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import shutil
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from core.errors import (
    CannotStart,
    Overloaded,
    StorageFull,
    Unavailable,
    WorkbenchError,
)
from ingest import tables

_T = TypeVar("_T")
_log = logging.getLogger(__name__)
_PRAGMAS = """
    PRAGMA page_size = 16384;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -32768;
    PRAGMA journal_size_limit = 67108864;
"""
_SPARE_BYTES = 64 * 2**20
_SPARE_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[sqlite3.Connection], Any]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[Any]


class Journal:
    """The door to the journal file for the coroutines of one event loop."""

    def __init__(self, path: Path, max_waiting: int, on_failure: Callable[[], None]) -> None:
        self.waiting = 0
        self.commits = 0
        self.has_failed = False
        self.folder = path.parent
        self._max_waiting = max_waiting
        self._on_failure = on_failure
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._connection = _connect(path)
        self._thread = threading.Thread(target=self._serve, name="journal", daemon=True)
        self._thread.start()

    async def append(self, batch: tables.Batch) -> tables.Receipt:
        """Returns what became of the batch, once that is on disk.

        Raises:
            Overloaded: too many records wait already.
            StorageFull: the disk is nearly full; nothing was tried.
            Unavailable: the disk failed; the outcome is unknown.
        """
        self.refuse_when_overloaded()
        refuse_when_full(self.folder)
        self.waiting += len(batch.entries)
        try:
            return await self.run(partial(tables.store, batch=batch))
        finally:
            self.waiting -= len(batch.entries)

    def refuse_when_overloaded(self) -> None:
        """Raises Overloaded when more records wait for the disk than memory should hold."""
        if self.waiting > self._max_waiting:
            raise Overloaded("More records wait than the disk takes. Send the same again later.")

    async def run(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Returns what `work` returns, once the transaction it took part in is on disk."""
        if self.has_failed:
            raise _outcome_unknown()
        loop = asyncio.get_running_loop()
        job = _Job(work, loop, loop.create_future())
        self._jobs.put(job)
        result: _T = await job.done
        return result

    def close(self) -> None:
        """Commits what waits, then closes the file."""
        self._jobs.put(None)
        self._thread.join()
        self._connection.close()

    def _serve(self) -> None:
        jobs: list[_Job | None] = []
        while None not in jobs:
            jobs = self._take()
            group = [job for job in jobs if job]
            try:
                results = self._commit(group)
            except Exception as error:
                self._fail(group, error)
                break
            _tell(group, results)

    def _take(self) -> list[_Job | None]:
        jobs = [self._jobs.get()]
        try:
            while True:
                jobs.append(self._jobs.get_nowait())
        except Empty:
            return jobs

    def _commit(self, group: list[_Job]) -> list[Any]:
        self._connection.execute("BEGIN IMMEDIATE")
        results = [job.work(self._connection) for job in group]
        self._connection.execute("COMMIT")
        self.commits += 1
        return results

    def _fail(self, group: list[_Job], error: Exception) -> None:
        self.has_failed = True
        # Messages of SQLite may hold values, so the log gets the name of the error only.
        _log.critical("journal failed error=%s; the process ends", type(error).__name__)
        answer = _storage_full() if _is_full(error) else _outcome_unknown()
        group += [job for job in self._take_rest() if job]
        for job in group:
            job.loop.call_soon_threadsafe(_settle, job.done, answer)
        self._on_failure()

    def _take_rest(self) -> list[_Job | None]:
        self._jobs.put(None)
        return self._take()


def refuse_when_full(folder: Path) -> None:
    """Raises StorageFull while the disk of `folder` has hardly any space left."""
    usage = shutil.disk_usage(folder)
    if usage.free < min(_SPARE_BYTES, usage.total * _SPARE_SHARE):
        raise _storage_full()


def _connect(path: Path) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.executescript(_PRAGMAS + tables.SCHEMA)
    except sqlite3.Error as error:
        raise CannotStart(
            f"The journal {path} cannot be opened ({error.sqlite_errorname}). "
            "Check the disk, and that the folder belongs to this account."
        ) from None
    return connection


def _tell(group: list[_Job], results: list[Any]) -> None:
    def settle_all() -> None:
        for job, result in zip(group, results, strict=True):
            _settle(job.done, result)

    if group:
        group[0].loop.call_soon_threadsafe(settle_all)


def _settle(done: asyncio.Future[Any], outcome: Any) -> None:
    if done.done():  # the client went away
        return
    if isinstance(outcome, WorkbenchError):
        done.set_exception(outcome)
    else:
        done.set_result(outcome)


def _is_full(error: Exception) -> bool:
    is_full_database = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return is_full_database or getattr(error, "errno", None) == errno.ENOSPC


def _storage_full() -> StorageFull:
    return StorageFull(
        "The disk is full; nothing was stored. Free space, then send the same again."
    )


def _outcome_unknown() -> Unavailable:
    return Unavailable("The disk did not answer. Send the same again: nothing is stored twice.")
