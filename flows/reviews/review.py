"""What is left of an answer once code has looked at it: a review."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict

from flows.reviews.grader import Answer, Code, Judgement, Quote
from flows.reviews.material import Kind, Material, Passage
from flows.reviews.quotes import is_verbatim
from flows.reviews.rubric import Item, Level, Rubric

ItemStatus = Literal["graded", "not_observable", "needs_person"]
_FEWEST_WORDS = 20
_MOST_QUOTES = 3


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class ReviewedItem(_Part):
    """One item: its level if it has one, and quotes that were found where they should be."""

    item: str
    level: Level | None
    status: ItemStatus
    quotes: tuple[Quote, ...] = ()


class ReviewedFinding(_Part):
    """A finding whose quote is there. `turn` counts passages; `kind` says what it was said in."""

    code: Code
    kind: Kind
    quote: Quote


class Review(_Part):
    """A checked answer. `refused_count` counts what it claimed without a true quote."""

    items: tuple[ReviewedItem, ...]
    findings: tuple[ReviewedFinding, ...]
    points: float | None
    refused_count: int

    @property
    def status(self) -> Literal["graded", "needs_person"]:
        """Returns whether everything stands, or a person has to look."""
        doubtful = any(item.status == "needs_person" for item in self.items)
        return "needs_person" if doubtful or self.refused_count else "graded"


def check(answer: Answer, material: Material, rubric: Rubric) -> Review:
    """Returns the review that an answer about these passages comes to.

    An item with a level needs a quote, and all its quotes must be verbatim, else a person looks.
    Items that the rubric does not have are left out, measured ones are measured. Findings without a
    true quote are left out and counted. Points come from the levels that stand, by our weights.
    """
    judged = [_judge(item, answer.items, material.passages) for item in rubric.asked]
    measured = [_measure(item, material) for item in rubric.items if item.measure]
    found = {item.item: item for item in (*judged, *measured)}
    items = tuple(found[item.id] for item in rubric.items)
    true = [one for one in answer.findings if is_verbatim(one.quote, material.passages)]
    findings = {(one.code, one.quote.turn): one for one in reversed(true)}
    return Review(
        items=items,
        findings=tuple(
            ReviewedFinding(
                code=code, kind=material.passages[turn].kind, quote=findings[code, turn].quote
            )
            for code, turn in sorted(findings, key=lambda key: (key[1], key[0]))
        ),
        points=rubric.points({item.item: item.level for item in items}),
        refused_count=len(answer.findings) - len(true),
    )


def student_word_share(passages: Iterable[Passage]) -> float | None:
    """Returns the student's share of the words of tutor and student; None below twenty words."""
    words = {"tutor": 0, "student": 0, "other": 0}
    for passage in passages:
        words[passage.speaker] += len(passage.text.split())
    spoken = words["tutor"] + words["student"]
    return words["student"] / spoken if spoken >= _FEWEST_WORDS else None


def rephrase(review: Review, say: Callable[[str], str]) -> Review:
    """Returns the review with the words of each quote replaced by what `say` makes of them."""

    def said(quote: Quote) -> Quote:
        return quote.model_copy(update={"text": say(quote.text)})

    items = [
        item.model_copy(update={"quotes": tuple(map(said, item.quotes))}) for item in review.items
    ]
    findings = [one.model_copy(update={"quote": said(one.quote)}) for one in review.findings]
    return review.model_copy(update={"items": tuple(items), "findings": tuple(findings)})


def _judge(item: Item, judgements: list[Judgement], passages: tuple[Passage, ...]) -> ReviewedItem:
    said = [one for one in judgements if one.item == item.id]
    if len(said) != 1:
        return ReviewedItem(item=item.id, level=None, status="needs_person")
    [judgement] = said
    if judgement.level is None:
        return ReviewedItem(item=item.id, level=None, status="not_observable")
    quotes = judgement.quotes[:_MOST_QUOTES]
    if not quotes or not all(is_verbatim(quote, passages) for quote in quotes):
        return ReviewedItem(item=item.id, level=None, status="needs_person")
    return ReviewedItem(item=item.id, level=judgement.level, status="graded", quotes=tuple(quotes))


def _measure(item: Item, material: Material) -> ReviewedItem:
    share = student_word_share(material.turns)
    if share is None:
        return ReviewedItem(item=item.id, level=None, status="not_observable")
    return ReviewedItem(item=item.id, level=item.measured_level(share), status="graded")
