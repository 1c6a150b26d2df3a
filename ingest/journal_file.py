"""The journal's file: opened with its pragmas, refused in another format, checked for a lost end.

On opening, SQLite reads its write-ahead log up to the first frame that is not whole and forgets the
rest. That is right for a commit that was cut off, and no word about a damaged disk. But the shared
memory beside it, which outlives a killed process, says how many frames were synced.
Layouts: https://www.sqlite.org/walformat.html and fileformat2.html#walformat
"""

from __future__ import annotations

import logging
import sqlite3
import struct
from pathlib import Path
from typing import NamedTuple

from core.errors import CannotStart
from ingest import tables

_log = logging.getLogger(__name__)
_PRAGMAS = """
    PRAGMA page_size = 4096;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -32768;
    PRAGMA wal_autocheckpoint = 4000;
    PRAGMA journal_size_limit = 67108864;
"""


def connect(path: Path) -> sqlite3.Connection:
    """Returns the journal, opened for writing; it is made if it is not there.

    Raises:
        CannotStart: it cannot be opened, or is of another version.
    """
    try:
        synced = _synced_frames(path)
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.executescript(_PRAGMAS)
        _tell_lost(connection, synced)
        _refuse_other_format(connection, path)
        connection.executescript(tables.SCHEMA)
    except sqlite3.Error as error:
        raise CannotStart(
            f"The journal {path} cannot be opened ({error.sqlite_errorname}). "
            "Check the disk, and that the folder belongs to this account."
        ) from None
    return connection


def _tell_lost(connection: sqlite3.Connection, synced: _SyncedFrames) -> None:
    if count := _lost_frames(connection, synced):
        todo = "the disk is damaged; ask senders for the last minutes again, none is stored twice"
        _log.error("journal cut off", extra={"lost_pages": count, "todo": todo})


def _refuse_other_format(connection: sqlite3.Connection, path: Path) -> None:
    [(table_count,)] = connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
    [(version,)] = connection.execute("PRAGMA user_version").fetchall()
    if table_count and version != tables.FORMAT:
        raise CannotStart(
            f"The journal {path} was made by another version of the workbench. Set "
            "WORKBENCH_DATA_DIR to a new folder, or go back to the version that made it."
        )


class _SyncedFrames(NamedTuple):
    """What a process that ended had synced, and whether the log is still the one it meant."""

    frames: int
    is_same_log: bool


def _synced_frames(journal: Path) -> _SyncedFrames:
    """Returns what is known before the journal is opened; 0 after a clean end."""
    try:
        memory = journal.with_name(f"{journal.name}-shm").read_bytes()
        log_header = journal.with_name(f"{journal.name}-wal").read_bytes()[:32]
        (frames,) = struct.unpack_from("=I", memory, 16)
    except (FileNotFoundError, struct.error):
        return _SyncedFrames(0, False)
    return _SyncedFrames(frames, memory[32:40] == log_header[16:24])


def _lost_frames(connection: sqlite3.Connection, synced: _SyncedFrames) -> int:
    """Returns how many of the synced frames SQLite could not read, which it just tried."""
    [(_, read, _)] = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    # another log that holds something is a newer one: the memory was not brought up to date
    return max(0, synced.frames - read) if synced.is_same_log or not read else 0
