"""A pretend company: what its application would have sent, and apart from that, what is true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl
from numpy.random import Generator

from core.errors import BadInput
from synthetic.history import History, Size, draw_history, streams
from synthetic.kinds import find_kind
from synthetic.profiles import tutor_records
from synthetic.records import session_records
from synthetic.reporting import delay, misreport
from synthetic.session_texts import TRUTH as TEXT_TRUTH
from synthetic.session_texts import write_texts
from synthetic.timetable import MOST_PER_WEEK
from synthetic.truth import Truth
from synthetic.truth_engagements import engagement_truth
from synthetic.truth_sessions import session_truth
from synthetic.truth_tutors import Yardstick, tutor_day_truth, tutor_truth


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
    kind: str = "base",
    texts: bool = False,
) -> World:
    """Returns the same company for the same arguments, to the byte.

    Args:
        seed: decides every draw.
        tutors: people who ever taught in the days told of.
        students: people who take lessons; each from several tutors.
        days: how many days before `end` are told of.
        sessions_per_day: slots a day at the end; growth to there is about a quarter.
        end: the moment, with offset, up to which outcomes are known.
        kind: one of `kinds.KINDS`; another kind with the same seed shares all other draws.
        texts: whether feedback, notes and transcripts are written; they take their time.

    Raises:
        BadInput: the tutors' weeks cannot hold so many sessions, or there is no such kind.
    """
    if 7 * sessions_per_day > tutors * MOST_PER_WEEK * 0.7:
        raise BadInput(
            "That is more than these tutors can teach: ask for more tutors or fewer sessions."
        )
    rules, size = find_kind(kind), Size(tutors, students, days, sessions_per_day)
    end = end.astimezone(UTC)
    today = end.date()
    first_day = today - timedelta(days=days)
    people, table, luck, outcome, profile, report, special, wrong, wish, words = streams(seed, 10)
    history = draw_history([people, table, luck, outcome, special], size, first_day, rules)
    happened = session_records(report, history)
    written = pl.DataFrame(schema=TEXT_TRUTH)
    if texts:
        happened, written = write_texts(words, history, happened)
    told = happened
    if rules.is_misreported:
        told = misreport(wrong, happened)
    if rules.late_share:
        told = delay(wrong, happened, rules.late_share)
    is_known = told["sent_at"] <= end
    return World(
        tutors=tutor_records(profile, history.tutors, first_day, today),
        sessions=told.filter(is_known),
        future=told.filter(~is_known),
        truth=_tell_truth(wish, history, happened["session_id"], written),
    )


def _tell_truth(
    rng: Generator, history: History, session_ids: pl.Series, texts: pl.DataFrame
) -> Truth:
    yardstick = Yardstick(history)
    return Truth(
        tutors=tutor_truth(history, yardstick),
        tutor_days=tutor_day_truth(history, yardstick),
        sessions=session_truth(history, session_ids),
        engagements=engagement_truth(rng, history),
        texts=texts,
    )
