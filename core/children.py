"""What a process that starts others does so that none outlives it."""

from __future__ import annotations

import ctypes
import signal
import sys


def die_with_parent() -> None:
    """Has Linux end the child when its parent is killed without a chance to say so.

    To be given as `preexec_fn`: it runs in the child.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
