"""The queue of reviews that a person grades too, without seeing what the grader said.

One in twenty is drawn, by a hash that nobody can steer, for agreement; what code could not stand by
comes as well, and does not count for agreement, since it is not drawn by chance.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.errors import BadInput, NotFound
from flows.reviews.agreement import Agreement, agreement
from flows.reviews.ledger import Ledger, stamp
from flows.reviews.review import Review
from flows.reviews.rubric import HIGHEST, LOWEST, Rubric

SAMPLE = 0.05
Why = Literal["sample", "needs_person", "dispute"]
_NEW = """
    select session_id, version, rubric, grader, status, reason, redacted from reviews
    where rubric = ? and status <> 'pending' and not exists (
        select 1 from double_grades as queued
        where queued.session_id = reviews.session_id and queued.version = reviews.version
            and queued.rubric = reviews.rubric and queued.grader = reviews.grader
    )
"""


@dataclass(frozen=True)
class Waiting:
    """A session that waits for a person; it holds nothing of what the grader said, on purpose."""

    session_id: str
    version: int
    rubric: str
    grader: str
    why: Why


def queue_for_people(ledger: Ledger, rubric: str, now: datetime, share: float = SAMPLE) -> int:
    """Returns how many reviews were newly queued; asked again, it queues nothing twice."""
    rows = [
        (session, version, rubric, grader, why, json.dumps(_levels(redacted)), stamp(now))
        for session, version, _, grader, status, reason, redacted in ledger.execute(_NEW, (rubric,))
        if (why := _why(session, rubric, grader, status, reason, share))
    ]
    query = "insert or ignore into double_grades values (?, ?, ?, ?, ?, ?, ?, null, null, null)"
    with ledger.transaction():
        ledger.execute_many(query, rows)
    return len(rows)


def dispute(ledger: Ledger, session_id: str, version: int, rubric: str, now: datetime) -> None:
    """Queues a review that somebody disputes.

    Raises:
        NotFound: there is no such review.
    """
    entry = ledger.find(session_id, version, rubric)
    if entry is None:
        raise NotFound(
            "There is no review of this session. Look for its id in the list of reviews."
        )
    levels = json.dumps({one.item: one.level for one in entry.redacted.items})
    row = (session_id, version, rubric, entry.grader, levels, stamp(now))
    ledger.execute(
        "insert or ignore into double_grades "
        "values (?, ?, ?, ?, 'dispute', ?, ?, null, null, null)",
        row,
    )


def waiting(ledger: Ledger, rubric: str, limit: int = 50) -> list[Waiting]:
    """Returns what waits for a person, oldest first."""
    query = (
        "select session_id, version, rubric, grader, why from double_grades "
        "where rubric = ? and graded_at is null order by queued_at, session_id limit ?"
    )
    return [Waiting(*row) for row in ledger.execute(query, (rubric, limit))]


def grade(
    ledger: Ledger,
    asked: Waiting,
    rubric: Rubric,
    levels: Mapping[str, int | None],
    person: str,
    now: datetime,
) -> None:
    """Keeps a person's levels by item (None is not observable); the first one given stays.

    Raises:
        BadInput: an item is missing or unknown, or a level is off the scale.
        NotFound: it does not wait, or was graded already.
    """
    if levels.keys() != {item.id for item in rubric.items}:
        raise BadInput("Give a level, or none, for each item of the rubric.")
    if any(level is not None and not LOWEST <= level <= HIGHEST for level in levels.values()):
        raise BadInput("Levels go from 1 to 4; leave out what cannot be observed.")
    changed = ledger.execute(
        "update double_grades set graded_by = ?, graded_at = ?, given = ? where session_id = ? "
        "and version = ? and rubric = ? and grader = ? and graded_at is null",
        (person, stamp(now), json.dumps(dict(levels)), *_key(asked)),
    ).rowcount
    if not changed:
        raise NotFound("This review does not wait for a grade; somebody may have been quicker.")


def agreements(ledger: Ledger, rubric: Rubric, grader: str) -> dict[str, Agreement]:
    """Returns by item how the grader agrees with people, on the drawn sample alone."""
    query = (
        "select levels, given from double_grades where rubric = ? and grader = ? "
        "and why = 'sample' and given is not null"
    )
    pairs = defaultdict(list)
    for said, given in ledger.execute(query, (rubric.name, grader)):
        ours, theirs = json.loads(said), json.loads(given)
        for item in rubric.items:
            one, other = ours.get(item.id), theirs.get(item.id)
            if one is not None and other is not None:
                pairs[item.id].append((one, other))
    return {item.id: agreement(pairs[item.id]) for item in rubric.items}


def for_coaches(review: Review, rubric: Rubric, found: Mapping[str, Agreement]) -> Review:
    """Returns the review without items that are below the line, and points without them."""
    hidden = {item for item, one in found.items() if not one.is_shown}
    items = tuple(one for one in review.items if one.item not in hidden)
    points = rubric.points({one.item: one.level for one in items})
    return review.model_copy(update={"items": items, "points": points})


def _why(
    session_id: str, rubric: str, grader: str, status: str, reason: str | None, share: float
) -> Why | None:
    if reason == "other_language":  # no grader spoke that people could agree with
        return "needs_person"
    drawn = hashlib.sha256(f"{session_id}\n{rubric}\n{grader}".encode()).digest()
    if int.from_bytes(drawn[:8]) < share * 2**64:
        return "sample"
    return "needs_person" if status == "needs_person" else None


def _levels(redacted: str) -> dict[str, int | None]:
    return {one.item: one.level for one in Review.model_validate_json(redacted).items}


def _key(asked: Waiting) -> tuple[str, int, str, str]:
    return asked.session_id, asked.version, asked.rubric, asked.grader
