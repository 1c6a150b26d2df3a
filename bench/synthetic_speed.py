"""How long a world of ten million sessions takes to make, with its truth, and how much memory."""

from __future__ import annotations

import resource
import time
from datetime import UTC, datetime

from bench.report import tell
from synthetic.world import make_world

_END = datetime(2026, 11, 22, 22, tzinfo=UTC)
_TUTORS, _STUDENTS, _DAYS, _SESSIONS_PER_DAY = 3_000, 60_000, 365, 28_800


def main() -> None:
    started, worked = time.monotonic(), time.process_time()
    world = make_world(1, _TUTORS, _STUDENTS, _DAYS, _SESSIONS_PER_DAY, _END)
    seconds, cpu = time.monotonic() - started, time.process_time() - worked
    made = world.sessions.height
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    tell("ten_million_sessions", seconds * 10**7 / made, "s", "<= 60", made=made)
    tell("ten_million_sessions_cpu", cpu * 10**7 / made, "s (CPU)", "-", made=made)
    tell("ten_million_sessions_memory", memory, "GB (peak)", "-", made=made)


if __name__ == "__main__":
    main()
