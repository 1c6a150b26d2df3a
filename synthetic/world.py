"""A pretend company: what its application would have sent, and apart from that, what is true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.random import Generator, default_rng

from core.errors import BadInput
from synthetic.engagements import Taught, teach
from synthetic.outcomes import MOST_MOVES, case_mix_logit, logit_to_chance
from synthetic.people import Flags, Floats, Tutors, draw_students, draw_tutors
from synthetic.profiles import tutor_id, tutor_records
from synthetic.records import session_records
from synthetic.slots import Clock, Slots, lay_out_slots
from synthetic.timetable import MOST_PER_WEEK, Timetable, draw_timetable

DAYS_AHEAD = 10
# A lesson that is moved adds a slot: so many slots there are for one lesson of the timetable.
_SLOTS_PER_LESSON = 1.13
# Lessons that stand for all the others when rates are standardised.
_SAMPLE = 2_000
_OUTAGE_HOURS_UTC = (20.0, 22.5)


@dataclass(frozen=True)
class Truth:
    """What no sender knows. For benchmarks only: no room of the workbench may read it."""

    tutors: pl.DataFrame
    """One row per tutor: latent values on the logit scale, and the rate they come to at the end."""
    sessions: pl.DataFrame
    """One row per slot: the chance that the tutor moves it, and how satisfied the student was."""


@dataclass(frozen=True)
class World:
    """`sessions` is what was known at the end, `future` how the days after it will go."""

    tutors: pl.DataFrame
    sessions: pl.DataFrame
    future: pl.DataFrame
    truth: Truth


def make_world(
    seed: int,
    tutors: int,
    students: int,
    days: int,
    sessions_per_day: int,
    end: datetime,
) -> World:
    """Returns the same company for the same arguments, to the byte.

    Args:
        seed: decides every draw.
        tutors: people who ever taught in the days told of.
        students: people who take lessons; each from several tutors.
        days: how many days before `end` are told of.
        sessions_per_day: slots a day at the end; growth to there is about a quarter.
        end: the moment, with offset, up to which outcomes are known.

    Raises:
        BadInput: the tutors' weeks cannot hold so many sessions.
    """
    if 7 * sessions_per_day > tutors * MOST_PER_WEEK * 0.7:
        raise BadInput(
            "That is more than these tutors can teach: ask for more tutors or fewer sessions."
        )
    end = end.astimezone(UTC)
    today = end.date()
    first_day = today - timedelta(days=days)
    horizon = days + DAYS_AHEAD
    people, table, luck, outcome, profile, report = _streams(seed, 6)
    tutor_truth = draw_tutors(people, tutors, days, horizon)
    student_truth = draw_students(people, students)
    per_week = 7 * sessions_per_day / _SLOTS_PER_LESSON
    timetable = draw_timetable(table, tutor_truth, first_day, horizon, per_week)
    case_mix = case_mix_logit(timetable, first_day, horizon)
    clock = Clock(first_day, horizon)
    outage = _draw_outage(luck, tutor_truth, timetable, clock, days)
    taught = teach(outcome, tutor_truth, student_truth, timetable, case_mix, outage)
    slots = lay_out_slots(luck, tutor_truth, timetable, taught, clock)
    records = session_records(report, tutor_truth, student_truth, timetable, taught, slots)
    is_known = records["sent_at"] <= end
    return World(
        tutors=tutor_records(profile, tutor_truth, first_day, today),
        sessions=records.filter(is_known),
        future=records.filter(~is_known),
        truth=Truth(
            tutors=_tutor_truth(tutor_truth, timetable, taught, first_day, days),
            sessions=_session_truth(records, taught, slots),
        ),
    )


def write_truth(world: World, folder: Path) -> None:
    """Writes `tutors.parquet` and `sessions.parquet` of the truth, apart from the lake."""
    folder.mkdir(parents=True, exist_ok=True)
    world.truth.tutors.write_parquet(folder / "tutors.parquet")
    world.truth.sessions.write_parquet(folder / "sessions.parquet")


def _streams(seed: int, count: int) -> list[Generator]:
    """One stream per part, so that a draw more in one part leaves the others as they are."""
    return [default_rng([seed, part]) for part in range(count)]


def _draw_outage(
    rng: Generator, tutors: Tutors, timetable: Timetable, clock: Clock, days: int
) -> Flags:
    """Marks the lessons of one afternoon on which the platform was down."""
    lessons = timetable.lessons
    zone = tutors.zone[timetable.lines.tutor[lessons.line]]
    start = clock.seconds(zone, lessons.day, lessons.minute)
    day = int(rng.integers(days // 3, max(days - 3, days // 3 + 1)))
    begins, ends = (clock.midnight + day * 86_400 + hour * 3600 for hour in _OUTAGE_HOURS_UTC)
    flags: Flags = (start >= begins) & (start < ends)
    return flags


def _tutor_truth(
    tutors: Tutors, timetable: Timetable, taught: Taught, first_day: date, days: int
) -> pl.DataFrame:
    last = tutors.daily_reliability[:, days - 1]
    changed = tutors.change_day < days
    return pl.DataFrame(
        {
            "tutor_id": [tutor_id(i) for i in range(tutors.count)],
            "reschedule_rate": _standardised_rates(tutors, timetable, taught, last),
            "reliability": tutors.reliability,
            "reliability_at_end": last,
            "quality": tutors.quality,
            "no_show": tutors.no_show,
            "first_session": tutors.first_session,
            "lateness": tutors.lateness,
            "is_chronic": tutors.is_chronic,
            "has_change_point": changed,
            "changed_on": [
                first_day + timedelta(days=int(day)) if has else None
                for day, has in zip(tutors.change_day, changed, strict=True)
            ],
            "change": np.where(changed, tutors.change, 0.0),
        },
        schema_overrides={"changed_on": pl.Date},
    )


def _standardised_rates(
    tutors: Tutors, timetable: Timetable, taught: Taught, reliability: Floats
) -> Floats:
    """What each tutor would come to with the same lessons and pairs as all the others."""
    lessons = slice(None, None, max(1, len(timetable.lessons.line) // _SAMPLE))
    tutor = timetable.lines.tutor[timetable.lessons.line[lessons]]
    chance = taught.drawn.reschedule_chance[lessons]
    own = tutors.daily_reliability[tutor, timetable.lessons.day[lessons]]
    others = np.log(chance / (1 - chance)) - own
    rates: Floats = logit_to_chance(others + reliability[:, None]).mean(axis=1)
    return rates


def _session_truth(records: pl.DataFrame, taught: Taught, slots: Slots) -> pl.DataFrame:
    drawn, is_movable = taught.drawn, slots.place < MOST_MOVES
    return pl.DataFrame(
        {
            "session_id": records["session_id"],
            "engagement": taught.engagement[slots.lesson],
            "reschedule_chance": drawn.reschedule_chance[slots.lesson] * is_movable,
            "satisfaction": drawn.satisfaction[slots.lesson],
            "is_first_session": taught.is_first[slots.lesson],
            "ends_engagement": taught.is_last[slots.lesson],
        }
    )
