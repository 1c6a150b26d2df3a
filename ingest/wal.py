"""Tells whether SQLite's write-ahead log lost its end, which SQLite itself passes over in silence.

On opening, SQLite reads the log up to the first frame that is not whole and forgets the rest. That
is right for a commit that was cut off, and no word about a damaged disk. But the shared memory
beside it, which outlives a killed process, says how many frames were synced.
Layouts: https://www.sqlite.org/walformat.html and fileformat2.html#walformat
"""

from __future__ import annotations

import sqlite3
import struct
from pathlib import Path
from typing import NamedTuple


class SyncedFrames(NamedTuple):
    """What a process that ended had synced, and whether the log is still the one it meant."""

    frames: int
    is_same_log: bool


def synced_frames(journal: Path) -> SyncedFrames:
    """Returns what is known before the journal is opened; 0 after a clean end."""
    try:
        memory = journal.with_name(f"{journal.name}-shm").read_bytes()
        log_header = journal.with_name(f"{journal.name}-wal").read_bytes()[:32]
        (frames,) = struct.unpack_from("=I", memory, 16)
    except (FileNotFoundError, struct.error):
        return SyncedFrames(0, False)
    return SyncedFrames(frames, memory[32:40] == log_header[16:24])


def lost_frames(connection: sqlite3.Connection, synced: SyncedFrames) -> int:
    """Returns how many of the synced frames SQLite could not read, which it just tried."""
    [(_, read, _)] = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    # another log that holds something is a newer one: the memory was not brought up to date
    return max(0, synced.frames - read) if synced.is_same_log or not read else 0
