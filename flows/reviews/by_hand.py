"""What a person does about reviews at the command line: see how they stand, read, grade blind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from core.errors import NotFound
from core.settings import Settings
from flows.reviews.double_grades import Waiting, agreements, grade, waiting
from flows.reviews.due import Due, read_materials
from flows.reviews.ledger import Ledger
from flows.reviews.material import Passage
from flows.reviews.reviewing import look_back
from flows.reviews.rounds import count_due, has_a_model
from flows.reviews.rubric import load_rubric
from flows.reviews.rules_grader import RulesGrader
from flows.reviews.spending import cache_hits, spent_on


def standing(settings: Settings, now: datetime) -> dict[str, Any]:
    """Returns who grades, what is due, what the day (UTC) cost, and how grader and people agree."""
    rubric = load_rubric()
    grader = f"openai:{settings.openai_model}" if has_a_model(settings) else RulesGrader().name
    with Ledger(settings.reviews_path) as ledger:
        found = agreements(ledger, rubric, grader)
        counts = ledger.execute("select status, count(*) from reviews group by 1").fetchall()
        return {
            "grader": grader,
            "rubric": rubric.name,
            "due": count_due(settings, now),
            "reviews": dict(counts),
            "waiting_for_people": len(waiting(ledger, rubric.name, 10_000)),
            "usd_today": spent_on(ledger, now.astimezone(UTC).date()).usd,
            "usd_a_day": settings.review_daily_usd,
            "cache_hits": cache_hits(ledger),
            "agreement": {item: asdict(one) for item, one in found.items()},
        }


def queue(settings: Settings, limit: int) -> list[Waiting]:
    """Returns the reviews that wait for a person, oldest first, without what the grader said."""
    with Ledger(settings.reviews_path) as ledger:
        return waiting(ledger, load_rubric().name, limit)


def read_passages(settings: Settings, session_id: str) -> tuple[Passage, ...]:
    """Returns the words of a session that waits for a person, as they were said.

    Raises:
        NotFound: it does not wait, or its words are gone.
    """
    asked = _waiting(settings, session_id)
    due = Due(asked.session_id, asked.version, "", False)
    since = look_back(settings.build_moment(datetime.now(UTC)))
    if not (found := read_materials(settings.lake_dir, [due], since)):
        raise NotFound("The words of this session are no longer kept.")
    return found[0].passages


def grade_blind(
    settings: Settings, session_id: str, levels: Mapping[str, int | None], person: str
) -> None:
    """Keeps a person's levels by item; those that are not named were not observable.

    Raises:
        BadInput: an item is unknown, or a level is off the scale.
        NotFound: it does not wait, or was graded already.
    """
    asked, rubric = _waiting(settings, session_id), load_rubric()
    whole = {item.id: None for item in rubric.items} | dict(levels)
    with Ledger(settings.reviews_path) as ledger:
        grade(ledger, asked, rubric, whole, person, datetime.now(UTC))


def _waiting(settings: Settings, session_id: str) -> Waiting:
    for one in queue(settings, 10_000):
        if one.session_id == session_id:
            return one
    raise NotFound("This session does not wait for a grade. See: workbench reviews queue")
