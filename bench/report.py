"""How a benchmark tells a figure: one JSON object a line."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime
from functools import cache


def percentile(values: list[float], share: float) -> float:
    """Returns the smallest value that `share` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(share * 100 * len(ordered)) // 100) - 1)]


@cache
def pace() -> float:
    """Returns CPU milliseconds of a million additions: walls of two machines compare by it."""
    started = time.process_time()
    for number in range(1_000_000):
        number + 1
    return round(1_000 * (time.process_time() - started), 1)


def tell(metric: str, value: float, unit: str, goal: str, **run: object) -> None:
    """Writes one figure with its goal, such as "<= 5", and what the run was like."""
    facts: dict[str, object] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
    }
    facts |= {"load": round(os.getloadavg()[0], 1), "pace": pace()}
    line = {"metric": metric, "value": round(value, 3), "unit": unit, "goal": goal}
    sys.stdout.write(json.dumps(line | {"run": facts | run}) + "\n")
    sys.stdout.flush()


def skip(metric: str, why: str) -> None:
    """Writes that a figure was not measured, and why."""
    sys.stdout.write(json.dumps({"metric": metric, "skipped": why}) + "\n")
    sys.stdout.flush()
