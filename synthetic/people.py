"""Tutors and students of the pretend company: what is true of them before a session is held.

Parameters are those of `validity.md` §5 of the project's reference, unless a comment says why not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
)
_ZONE_SHARES = (0.44, 0.28, 0.08, 0.03, 0.17)
SUBJECTS = (
    "Algebra",
    "Biology",
    "Calculus",
    "Chemistry",
    "Essay writing",
    "Geometry",
    "History",
    "Physics",
    "Reading",
    "SAT preparation",
    "Spanish",
    "Statistics",
)
GRADES = tuple(f"Grade {year}" for year in range(3, 13))

CHRONIC_SHARE = 0.10
_WORSE_SHARE, _BETTER_SHARE = 0.08, 0.04
_DRIFT_SD, _DRIFT_DAYS = 0.22, 90.0
_SLOWING, _SLOWING_DAYS = 0.7, 28
_NEW_TUTOR_SHARE = 0.14
STAYS = 2**30


@dataclass(frozen=True)
class Tutors:
    """Latent values of tutors, on the logit scale; one entry per tutor, days counted from 0."""

    zone: Ints
    subject: Ints
    is_chronic: Flags
    reliability: Floats
    quality: Floats
    no_show: Floats
    first_session: Floats
    lateness: Floats
    change_day: Ints
    change: Floats
    volume: Floats
    start_day: Ints
    left_day: Ints
    slowing_day: Ints
    """From when on those who will leave teach less and move more."""
    weekly_leave_hazard: Floats
    daily_reliability: Floats

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.zone)


@dataclass(frozen=True)
class Students:
    """Latent values of students; sorted by zone, so that a zone's students lie side by side."""

    zone: Ints
    unreliability: Floats
    leniency: Floats
    difficulty: Floats
    grade: Ints

    def span(self, zone: int) -> tuple[int, int]:
        """Returns the first student of a zone and how many it has."""
        first = int(np.searchsorted(self.zone, zone))
        return first, int(np.searchsorted(self.zone, zone, side="right")) - first


def draw_tutors(rng: Generator, count: int, days: int, horizon: int, spread: float = 1.0) -> Tutors:
    """Returns `count` tutors, their reliability told for each of `horizon` days.

    Changes fall within the first `days`, not within a year as in §5: a demo has to show some.
    `spread` is a factor of every difference in how they work; with 0 they differ in none.
    """
    is_chronic = (rng.random(count) < CHRONIC_SHARE) & (spread > 0)
    reliability = spread * np.where(
        is_chronic, rng.normal(1.2, 0.45, count), rng.normal(-0.12, 0.55, count)
    )
    quality = -0.4 * reliability + spread * rng.normal(0, 0.95, count)
    volume = np.exp(rng.normal(0, 0.95, count))
    start_day = np.where(
        rng.random(count) < _NEW_TUTOR_SHARE, rng.integers(0, days, count), -1
    ).astype(np.int64)
    change_day, change = _draw_changes(rng, count, days)
    hazard, left_day = _draw_leaving(rng, reliability, quality, volume)
    left_day = np.where(left_day > start_day + 14, left_day, STAYS)
    slowing_day = left_day - _SLOWING_DAYS if spread else np.full(count, STAYS)
    change_day = change_day if spread else np.full(count, STAYS)
    drift = spread * _draw_drift(rng, count, horizon)
    day = np.arange(horizon)
    return Tutors(
        zone=_draw_zones(rng, count),
        subject=rng.integers(0, len(SUBJECTS), count),
        is_chronic=is_chronic,
        reliability=reliability,
        quality=quality,
        no_show=0.6 * reliability + spread * rng.normal(0, 0.6, count),
        first_session=0.7 * quality + spread * rng.normal(0, 0.7, count),
        lateness=0.5 * reliability + spread * rng.normal(0, 0.7, count),
        change_day=change_day,
        change=change,
        volume=volume,
        start_day=start_day,
        left_day=left_day,
        slowing_day=slowing_day,
        weekly_leave_hazard=hazard,
        daily_reliability=reliability[:, None]
        + drift
        + (day >= change_day[:, None]) * change[:, None]
        + _SLOWING * (day >= slowing_day[:, None]),
    )


def busiest_good_tutor(tutors: Tutors) -> int:
    """Returns the tutor with most lessons among those who are reliable, do not change and stay."""
    is_good = ~tutors.is_chronic & (tutors.reliability < 0) & (tutors.change_day == STAYS)
    stays = (tutors.left_day == STAYS) | (tutors.left_day > tutors.daily_reliability.shape[1])
    return int(np.argmax(tutors.volume * (is_good & stays & (tutors.start_day < 0))))


def let_down(tutors: Tutors, who: int, day: int, change: float) -> Tutors:
    """Returns the tutors, one of whom is less reliable from `day` on."""
    daily, days = tutors.daily_reliability.copy(), tutors.change_day.copy()
    daily[who, day:] += change
    days[who] = day
    changes = np.where(np.arange(tutors.count) == who, change, tutors.change)
    return replace(tutors, daily_reliability=daily, change_day=days, change=changes)


def draw_students(rng: Generator, count: int) -> Students:
    """Returns `count` students, spread over zones as the tutors are."""
    return Students(
        zone=np.sort(_draw_zones(rng, count)),
        unreliability=rng.normal(0, 0.7, count),
        leniency=rng.normal(0, 0.45, count),
        difficulty=rng.normal(0, 1, count),
        grade=rng.integers(0, len(GRADES), count),
    )


def _draw_zones(rng: Generator, count: int) -> Ints:
    """Each zone gets its share exactly, so that a small company too has students in each."""
    edges = np.cumsum(_ZONE_SHARES)
    zones = np.searchsorted(edges, (np.arange(count) + 0.5) / count)
    return rng.permutation(zones).astype(np.int64)


def _draw_changes(rng: Generator, count: int, days: int) -> tuple[Ints, Floats]:
    kind = rng.random(count)
    worse = kind < _WORSE_SHARE
    better = ~worse & (kind < _WORSE_SHARE + _BETTER_SHARE)
    size = np.where(worse, np.abs(rng.normal(1.1, 0.25, count)), 0.0) - 0.9 * better
    day = np.where(worse | better, rng.integers(0, days, count), STAYS)
    return day.astype(np.int64), size


def _draw_leaving(
    rng: Generator, reliability: Floats, quality: Floats, volume: Floats
) -> tuple[Floats, Ints]:
    own = rng.normal(size=len(quality))
    log_hazard = 0.35 * own - 0.25 * quality + 0.25 * reliability - 0.3 * np.log(volume)
    hazard = 0.006 * np.exp(log_hazard)
    weeks = rng.exponential(1 / hazard)
    return hazard, np.minimum(weeks * 7, STAYS).astype(np.int64)


def _draw_drift(rng: Generator, count: int, days: int) -> Floats:
    """Ornstein-Uhlenbeck: wanders with a memory of `_DRIFT_DAYS`, sd as in the long run."""
    keep = np.exp(-1 / _DRIFT_DAYS)
    path = np.empty((count, days))
    path[:, 0] = rng.normal(0, _DRIFT_SD, count)
    noise = rng.normal(0, _DRIFT_SD * np.sqrt(1 - keep**2), (count, days))
    for day in range(1, days):
        path[:, day] = keep * path[:, day - 1] + noise[:, day]
    return path
