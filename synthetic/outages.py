"""When the platform was down."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from synthetic.kinds import Kind
from synthetic.people import Flags, Ints
from synthetic.timetable import WEEK

_DAY, _HOUR = 86_400, 3600
_AFTERNOON_UTC = (20.0, 22.5)
_RECENT_AFTERNOON_UTC = (18.0, 22.5)
_LIVE_DAYS = (3, 5)
"""Days after the end within which live sessions begin; see `live.UPCOMING`."""


def find_outages(rng: Generator, start: Ints, days: int, kind: Kind) -> Flags:
    """Marks lessons, by their starts in seconds since the first midnight UTC.

    Every world has an outage on one afternoon; in a quiet one it is over before the last week.
    """
    day = int(rng.integers(days // 3, max(days - 3, days // 3 + 1)))
    if kind.calm:
        day = min(day, days - WEEK - 2)
    if not kind.has_recent_outage:
        return _within(start, day, *_AFTERNOON_UTC)
    recent = _within(start, days - 1, *_RECENT_AFTERNOON_UTC)
    first, last = _LIVE_DAYS
    return recent | _within(start, days + first, 0, (last - first) * 24)


def _within(start: Ints, day: int, begins: float, ends: float) -> Flags:
    hours = (start - day * _DAY) / _HOUR
    return np.logical_and(hours >= begins, hours < ends)
