"""Ingest with one of its syncs left out: `python tests/faults/mutant.py NAME`.

Whoever trusts the tests of power cuts must have seen them fail: they do for each of these.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ingest.journal_file
from ingest.app import main

# which files or folders are not synced any more
UNSYNCED = {
    "Parquet file": r"part-\d+\.parquet",
    "digest": r"\.sha256",
    "watermark": r"watermark\.json",
    "file without rows": r"schema\.parquet",
    "landing day's folder": r"/received_on=[^/]*$",
    "dataset's folder": r"/lake/\w+$",
    "lake's folder": r"/lake$",
    "data folder": r"/data$",
}
JOURNAL = "journal"


def _leave_out(pattern: str) -> None:
    real: Callable[[Any], None] = os.fsync

    def fsync(handle: Any) -> None:
        if not re.search(pattern, str(Path(f"/proc/self/fd/{handle}").readlink())):
            real(handle)

    os.fsync = fsync


if __name__ == "__main__":
    if sys.argv[1] == JOURNAL:
        ingest.journal_file._PRAGMAS = ingest.journal_file._PRAGMAS.replace("= FULL", "= NORMAL")
    else:
        _leave_out(UNSYNCED[sys.argv[1]])
    main()
