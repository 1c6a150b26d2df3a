"""Tutors become records of the contract."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
from numpy.random import Generator

from synthetic.columns import tutor_ids
from synthetic.names import draw_names
from synthetic.people import STAYS, SUBJECTS, ZONES, Tutors

REGIONS = ("East", "Central", "Mountain", "Mountain", "Pacific")
_SUBJECTS_EACH = 3


def tutor_records(rng: Generator, tutors: Tutors, first_day: date, today: date) -> pl.DataFrame:
    """Returns one row per tutor with the contract's fields, as known on `today`."""
    names = draw_names(rng, tutors.count)
    tenure_days = rng.integers(30, 5 * 365, tutors.count)
    return pl.DataFrame(
        {
            "tutor_id": tutor_ids(tutors.count),
            "version": [1] * tutors.count,
            "display_name": names,
            "started_on": [
                first_day + timedelta(days=int(start if start >= 0 else -tenure))
                for start, tenure in zip(tutors.start_day, tenure_days, strict=True)
            ],
            "subjects": [_subjects(int(first)) for first in tutors.subject],
            "time_zone": [ZONES[zone] for zone in tutors.zone],
            "region": [REGIONS[zone] for zone in tutors.zone],
            "left_on": [_left_on(int(day), first_day, today) for day in tutors.left_day],
            "manager_email": [
                f"{REGIONS[zone].lower()}.manager@workbench.example" for zone in tutors.zone
            ],
        },
        schema_overrides={"left_on": pl.Date},
    ).filter(pl.col("started_on") <= today)


def _subjects(first: int) -> list[str]:
    return sorted(SUBJECTS[(first + i) % len(SUBJECTS)] for i in range(_SUBJECTS_EACH))


def _left_on(left_day: int, first_day: date, today: date) -> date | None:
    if left_day == STAYS:
        return None
    left = first_day + timedelta(days=left_day)
    return left if left <= today else None
