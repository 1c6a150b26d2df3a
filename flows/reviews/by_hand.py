"""What a person does about reviews: see how they stand, read, grade blind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from core.errors import NotFound
from core.settings import Settings
from flows.reviews.agreement import ENOUGH, LINE
from flows.reviews.double_grades import SAMPLE, Waiting, agreements, for_coaches, grade, waiting
from flows.reviews.due import Due, read_materials
from flows.reviews.ledger import Ledger
from flows.reviews.material import Passage
from flows.reviews.planning import count_due, has_a_model
from flows.reviews.review import Review
from flows.reviews.reviewing import look_back
from flows.reviews.rubric import Item, Rubric, load_rubric
from flows.reviews.rules_grader import RulesGrader
from flows.reviews.spending import cache_hits, spent_on

_ALL = 10_000


@dataclass(frozen=True)
class Quoted:
    """Words that the grader quoted, the number of their passage, and what they are to show."""

    turn: int
    text: str
    shows: str


@dataclass(frozen=True)
class Said:
    """The words of a session, and which of them were quoted."""

    passages: tuple[Passage, ...]
    quotes: tuple[Quoted, ...]


@dataclass(frozen=True)
class GradingDesk:
    """Where people grade what the grader of one workbench graded, and see how both agree."""

    settings: Settings

    @property
    def questions(self) -> tuple[Item, ...]:
        """Returns the items of the rubric that a person is asked for; others are counted."""
        return load_rubric().asked

    def standing(self, now: datetime) -> dict[str, Any]:
        """Returns who grades, what is due, what the day (UTC) cost, and the agreement by item."""
        settings, rubric = self.settings, load_rubric()
        grader = f"openai:{settings.openai_model}" if has_a_model(settings) else RulesGrader().name
        with Ledger(settings.reviews_path) as ledger:
            found = agreements(ledger, rubric, grader)
            counts = ledger.execute("select status, count(*) from reviews group by 1").fetchall()
            return {
                "grader": grader,
                "rubric": rubric.name,
                "due": count_due(settings, now),
                "reviews": dict(counts),
                "waiting_for_people": len(waiting(ledger, rubric.name, _ALL)),
                "usd_today": spent_on(ledger, now.astimezone(UTC).date()).usd,
                "usd_a_day": settings.review_daily_usd,
                "cache_hits": cache_hits(ledger),
                "line": LINE,
                "enough": ENOUGH,
                "share_drawn": SAMPLE,
                # what code counts itself, nobody is asked
                "agreement": {item.id: asdict(found[item.id]) for item in rubric.asked},
            }

    def queue(self, limit: int) -> list[Waiting]:
        """Returns the reviews that wait for a person, oldest first, without what was said."""
        with Ledger(self.settings.reviews_path) as ledger:
            return waiting(ledger, load_rubric().name, limit)

    def passages(self, session_id: str) -> tuple[Passage, ...]:
        """Returns the words of a session that waits for a person, as they were said.

        Raises:
            NotFound: it does not wait, or its words are gone.
        """
        asked = self._waiting(session_id)
        return self._words(asked.session_id, asked.version)

    def _words(self, session_id: str, version: int) -> tuple[Passage, ...]:
        due = Due(session_id, version, "", False)
        since = look_back(self.settings.build_moment(datetime.now(UTC)))
        if not (found := read_materials(self.settings.lake_dir, [due], since)):
            raise NotFound("The words of this session are no longer kept.")
        return found[0].passages

    def said(self, session_id: str) -> Said:
        """Returns the words of a reviewed session, with what the grader quoted of them.

        Items that coaches are not shown are left out.

        Raises:
            NotFound: it has no review, still waits for a blind grade, or its words are gone.
        """
        if any(one.session_id == session_id for one in self.queue(_ALL)):
            raise NotFound("This session waits for a second opinion: grade it first, on Reviews.")
        rubric = load_rubric()
        with Ledger(self.settings.reviews_path) as ledger:
            entry = ledger.newest(session_id, rubric.name)
            if entry is None:
                raise NotFound("There is no review of this session.")
            agreed = agreements(ledger, rubric, entry.grader)
        passages = self._words(session_id, entry.version)
        return Said(passages, _quoted(for_coaches(entry.review, rubric, agreed), rubric))

    def grade(self, session_id: str, levels: Mapping[str, int | None], person: str) -> None:
        """Keeps a person's levels by item; those that are not named were not observable.

        Raises:
            BadInput: an item is unknown, or a level is off the scale.
            NotFound: it does not wait, or was graded already.
        """
        asked, rubric = self._waiting(session_id), load_rubric()
        whole = {item.id: None for item in rubric.items} | dict(levels)
        with Ledger(self.settings.reviews_path) as ledger:
            grade(ledger, asked, rubric, whole, person, datetime.now(UTC))

    def _waiting(self, session_id: str) -> Waiting:
        for one in self.queue(_ALL):
            if one.session_id == session_id:
                return one
        raise NotFound("This session does not wait for a grade; somebody may have been quicker.")


def _quoted(review: Review, rubric: Rubric) -> tuple[Quoted, ...]:
    titles = {item.id: item.title for item in rubric.items}
    of_items = [
        Quoted(quote.turn, quote.text, f"{titles[item.item]}: level {item.level} of 4")
        for item in review.items
        for quote in item.quotes
    ]
    of_findings = [
        Quoted(one.quote.turn, one.quote.text, one.code.replace("_", " ").capitalize())
        for one in review.findings
    ]
    return tuple(quote for quote in [*of_items, *of_findings] if quote.text)
