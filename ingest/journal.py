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
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

from core.errors import (
    Overloaded,
    StorageFull,
    Unavailable,
    WorkbenchError,
)
from ingest import answers
from ingest.batches import Batch, Receipt
from ingest.journal_file import connect

_T = TypeVar("_T")
_log = logging.getLogger(__name__)
_SPARE_BYTES = 64 * 2**20
_SPARE_SHARE = 0.02
Work = Callable[[sqlite3.Connection], Any]
_Waiting = tuple["Batch | Work", "asyncio.Future[Any]"]


def _count_nothing(*_: Any) -> None:
    """Stands where nobody wants to know of commits."""


class Journal:
    """The door to the journal file for the coroutines of one event loop.

    At most one group is at the thread; what comes meanwhile is the next group.
    """

    def __init__(
        self,
        path: Path,
        max_waiting: int,
        on_failure: Callable[[], None],
        on_commit: Callable[[list[Batch], Sequence[Any], float], None] = _count_nothing,
    ) -> None:
        self.waiting = 0
        self.commits = 0
        self.has_failed = False
        self.folder = path.parent
        self._max_waiting = max_waiting
        self._on_failure = on_failure
        self._on_commit = on_commit
        self._next_group: list[_Waiting] = []
        self._is_busy = False
        self._groups: SimpleQueue[list[_Waiting] | None] = SimpleQueue()
        self._connection = connect(path)
        self._thread = threading.Thread(target=self._serve, name="journal", daemon=True)
        self._thread.start()

    async def append(self, batch: Batch) -> Receipt:
        """Returns what became of the batch, once that is on disk.

        Raises:
            Overloaded: too many records wait already.
            StorageFull: the disk is nearly full; nothing was tried.
            Unavailable: the disk failed; the outcome is unknown.
        """
        self.refuse_when_overloaded()
        self.waiting += len(batch.entries)
        try:
            receipt: Receipt = await self._enqueue(batch)
            return receipt
        finally:
            self.waiting -= len(batch.entries)

    def refuse_when_overloaded(self) -> None:
        """Raises Overloaded when more records wait for the disk than memory should hold."""
        if self.waiting > self._max_waiting:
            raise Overloaded("More records wait than the disk takes. Send the same again later.")

    async def run(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Returns what `work` returns, once the transaction it took part in is on disk."""
        result: _T = await self._enqueue(work)
        return result

    def close(self) -> None:
        """Commits what waits, then closes the file."""
        self._groups.put(self._next_group)
        self._groups.put(None)
        self._thread.join()
        self._connection.close()

    def _enqueue(self, work: Batch | Work) -> asyncio.Future[Any]:
        if self.has_failed:
            raise _outcome_unknown()
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        self._next_group.append((work, done))
        if not self._is_busy:
            self._is_busy = True
            loop.call_soon(self._send_group)  # with what else this turn of the loop brings
        return done

    def _send_group(self) -> None:
        self._is_busy = bool(self._next_group)
        if self._is_busy:
            self._groups.put(self._next_group)
            self._next_group = []

    def _serve(self) -> None:
        while (group := self._groups.get()) is not None:
            try:
                outcomes = self._commit(group)
            except Exception as error:
                self._fail(group, error)
                return
            if group:
                group[0][1].get_loop().call_soon_threadsafe(self._settle, group, outcomes)

    def _commit(self, group: list[_Waiting]) -> list[Any]:
        batches = [work for work, _ in group if isinstance(work, Batch)]
        started = time.perf_counter()
        self._connection.execute("BEGIN IMMEDIATE")
        stored = self._store(batches) if batches else []
        receipts = iter(stored)
        outcomes = [
            next(receipts) if isinstance(work, Batch) else self._outcome(work) for work, _ in group
        ]
        self._connection.execute("COMMIT")
        self.commits += 1
        self._on_commit(batches, stored, started)
        return outcomes

    def _outcome(self, work: Work) -> Any:
        self._connection.execute("SAVEPOINT work")
        try:
            outcome = work(self._connection)
        except (sqlite3.Error, OSError):
            raise
        except Exception as error:  # an answer to one, no reason to fail the others
            outcome = error
            self._connection.execute("ROLLBACK TO work")
        self._connection.execute("RELEASE work")
        return outcome

    def _store(self, batches: list[Batch]) -> Sequence[Receipt | WorkbenchError]:
        if is_nearly_full(self.folder):
            return [_storage_full()] * len(batches)
        return answers.store_once(self._connection, batches)

    def _settle(self, group: list[_Waiting], outcomes: list[Any]) -> None:
        for (_, done), outcome in zip(group, outcomes, strict=True):
            if done.done():  # the client went away
                continue
            if isinstance(outcome, Exception):
                done.set_exception(outcome)
            else:
                done.set_result(outcome)
        self._send_group()

    def _fail(self, group: list[_Waiting], error: Exception) -> None:
        self.has_failed = True
        # Messages of SQLite may hold values, so the log gets the name of the error only.
        _log.critical("journal failed, the process ends", extra={"error": type(error).__name__})
        answer = _storage_full() if _is_full(error) else _outcome_unknown()
        if group:
            group[0][1].get_loop().call_soon_threadsafe(self._tell_all, group, answer)
        self._on_failure()

    def _tell_all(self, group: list[_Waiting], answer: WorkbenchError) -> None:
        everyone, self._next_group = group + self._next_group, []
        self._settle(everyone, [answer] * len(everyone))


def is_nearly_full(folder: Path) -> bool:
    """Returns whether the disk of `folder` has hardly any space left."""
    usage = shutil.disk_usage(folder)
    return usage.free < min(_SPARE_BYTES, usage.total * _SPARE_SHARE)


def _is_full(error: Exception) -> bool:
    is_full_database = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return is_full_database or getattr(error, "errno", None) == errno.ENOSPC


def _storage_full() -> StorageFull:
    return StorageFull(
        "The disk is full; nothing was stored. Free space, then send the same again."
    )


def _outcome_unknown() -> Unavailable:
    return Unavailable("The disk did not answer. Send the same again: nothing is stored twice.")
