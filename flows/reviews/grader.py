"""What a grader is asked, what it may answer, and what it is when it does not.

An answer is a claim. Nothing of it counts before `review.check` has looked at its quotes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from flows.reviews.material import Material
from flows.reviews.rubric import Level, Rubric

Code = Literal[
    "tutor_late",
    "unprepared",
    "gave_answers",
    "off_platform",
    "dismissive_tone",
    "tech_issue",
    "ended_early",
    "student_distress",
]
Reason = Literal[
    "unreachable", "slow", "limited", "failed", "denied", "refused", "cut_off", "nonsense",
    "too_large", "over_budget", "no_consent", "no_model", "gave_up", "paused", "waiting",
    "other_language",
]  # fmt: skip
"""Why a model did not speak. `waiting` is for a batch, `paused` after failures in a row; what was
said in `other_language` than English goes to a person."""
LONGEST_QUOTE = 400


class _Part(BaseModel):
    # errors of Pydantic show what they refuse, and that would be what a student said
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Quote(_Part):
    """Words that are said to stand in a passage."""

    turn: int = Field(description="the number of the passage")
    text: str = Field(description="verbatim, not more than two sentences")


class Judgement(_Part):
    """The level of one item, with what shows it; a level of null means not observable."""

    item: str
    level: Level | None
    quotes: list[Quote]


class Finding(_Part):
    """Something that happened in this session, and where it is said."""

    code: Code
    quote: Quote


class Answer(_Part):
    """Everything a grader may say, and so the schema that a model has to keep to."""

    items: list[Judgement]
    findings: list[Finding]


@dataclass(frozen=True)
class Usage:
    """Tokens and money of one review. `usd` is what is counted against the caps."""

    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    usd: float = 0.0


@dataclass(frozen=True)
class Graded:
    """An answer, in the words that the grader was given (redacted, if it is a model)."""

    answer: Answer
    usage: Usage = Usage()


@dataclass(frozen=True)
class NotGraded:
    """No answer. `reason` is a word of ours and never holds what was sent or received."""

    reason: Reason
    usage: Usage = Usage()


class Grader(Protocol):
    """Rules, or a model. It never raises: whatever goes wrong is a `NotGraded`."""

    @property
    def name(self) -> str:
        """Returns who speaks, as `rules@1` or `openai:MODEL`."""

    async def grade(self, material: Material, rubric: Rubric) -> Graded | NotGraded:
        """Returns what the grader says about passages that it may read as they are."""
