"""Slows down guessing: after five failed tries each further one costs a longer wait."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import WorkbenchError

FREE_TRIES = 5
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)
_MOST_KEYS = 10_000


class TooManyTries(WorkbenchError):
    """Raised until the wait is over; `retry_after_seconds` says how long it still lasts."""

    status = 429
    title = "Too many tries"

    def __init__(self, wait: timedelta) -> None:
        super().__init__("Too many tries with this name. Wait a little, then try again.")
        self.retry_after_seconds = max(1, round(wait.total_seconds()))


@dataclass(frozen=True)
class _Tries:
    failed: int
    opens_at: datetime


class Throttle:
    """Failed tries by account and address, in memory; the oldest are forgotten past 10,000."""

    def __init__(self) -> None:
        self._tries: OrderedDict[tuple[str, str], _Tries] = OrderedDict()
        self._lock = threading.Lock()

    def attempt(self, key: tuple[str, str], now: datetime) -> None:
        """Counts a try as failed until it succeeds, so that parallel tries are counted too.

        Raises:
            TooManyTries: `key` still has to wait; the wait doubles past the free tries.
        """
        with self._lock:
            last = self._tries.get(key)
            if last and now < last.opens_at:
                raise TooManyTries(last.opens_at - now)
            count = last.failed + 1 if last else 1
            self._tries[key] = _Tries(count, now + _wait(count))
            self._tries.move_to_end(key)
            if len(self._tries) > _MOST_KEYS:
                self._tries.popitem(last=False)

    def succeeded(self, key: tuple[str, str]) -> None:
        """Forgets the failed tries of `key`."""
        with self._lock:
            self._tries.pop(key, None)


def _wait(failed: int) -> timedelta:
    if failed < FREE_TRIES:
        return timedelta(0)
    return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(failed - FREE_TRIES, 16))
