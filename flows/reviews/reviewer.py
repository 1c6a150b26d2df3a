"""Reviews one session: redact, ask the model if it may be asked, else the rules; check, keep."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from flows.reviews.grader import Answer, Graded, NotGraded, Reason
from flows.reviews.language import is_english
from flows.reviews.ledger import MOST_ATTEMPTS, Entry, Ledger, Status, pause_after
from flows.reviews.material import Material
from flows.reviews.prompt import document, fit, instructions
from flows.reviews.redact import Redacted, redact
from flows.reviews.review import check, rephrase
from flows.reviews.rubric import Rubric
from flows.reviews.rules_grader import RulesGrader, read_by_rules
from flows.reviews.spending import Caps, set_aside, settle

Clock = Callable[[], datetime]
BATCH_LASTS = timedelta(hours=26)  # a batch has 24, and then it has to be seen
_IN_A_ROW = 3  # failures after which a round asks no more
_DOWN: frozenset[Reason] = frozenset({"unreachable", "slow", "limited", "failed", "denied"})


class Model(Protocol):
    """A grader that costs something and reads redacted passages only."""

    @property
    def name(self) -> str:
        """Returns who speaks, as `openai:MODEL`."""

    def most_usd(self, material: Material, rubric: Rubric) -> float:
        """Returns dollars that one request about these passages cannot exceed."""

    async def grade(self, material: Material, rubric: Rubric) -> Graded | NotGraded:
        """Returns what the model says, or why it says nothing."""


@dataclass(frozen=True)
class Hidden:
    """Material with pseudonyms, and what is behind them."""

    material: Material
    redacted: Redacted


def hide(material: Material) -> Hidden:
    """Returns the material within our limits and without names, addresses and the like."""
    passages = fit(material.passages)
    redacted = redact([one.text for one in passages], material.tutor_name)
    hidden = [replace(one, text=text) for one, text in zip(passages, redacted.texts, strict=True)]
    return Hidden(replace(material, passages=tuple(hidden), tutor_name=""), redacted)


@dataclass
class Reviewer:
    """Reviews sessions for one round; after failures in a row it asks the model no more."""

    ledger: Ledger
    rubric: Rubric
    clock: Clock
    model: Model | None = None
    caps: Caps = field(default_factory=lambda: Caps(0, 0))
    _failures: int = field(default=0, init=False)

    async def review(self, material: Material) -> set[date]:
        """Returns the days (UTC) whose reviews changed. The review is then in the ledger."""
        hidden = hide(material)
        said = await self._ask(hidden.material)
        name = self.model.name if self.model else RulesGrader.name
        return self._settle(hidden, said, name)

    def take(self, material: Material, said: Graded | NotGraded, grader: str) -> set[date]:
        """Returns the days that changed by what a model said elsewhere, as in a batch."""
        hidden = hide(material)
        if isinstance(said, NotGraded):
            return self._settle(hidden, said.reason, grader)
        key = question(hidden.material, self.rubric, grader)
        self.ledger.cache(key, said.answer, self.clock())
        return self._settle(hidden, said, grader)

    async def _ask(self, material: Material) -> Graded | Reason:
        if not is_english(material.passages):
            return "other_language"
        if self.model is None:
            return "no_model"
        if not material.may_leave:
            return "no_consent"
        key = question(material, self.rubric, self.model.name)
        if known := self.ledger.cached(key):
            return Graded(known)
        if self._failures >= _IN_A_ROW:
            return "paused"
        return await self._pay(self.model, material, key)

    async def _pay(self, model: Model, material: Material, key: str) -> Graded | Reason:
        most = model.most_usd(material, self.rubric)
        now, name = self.clock(), model.name
        call = set_aside(self.ledger, material.session_id, name, most, self.caps, now)
        if call is None:
            return "over_budget"
        said = await model.grade(material, self.rubric)
        settle(self.ledger, call, said.usage, getattr(said, "reason", "graded"))
        if isinstance(said, NotGraded):
            self._failures = self._failures + 1 if said.reason in _DOWN else 0
            return said.reason
        self._failures = 0
        self.ledger.cache(key, said.answer, self.clock())
        return said

    def _settle(self, hidden: Hidden, said: Graded | Reason, grader: str) -> set[date]:
        if isinstance(said, Graded):
            return self._keep(hidden, grader, said.answer, None)
        answer = read_by_rules(hidden.material, self.rubric)
        return self._keep(hidden, RulesGrader.name, answer, said)

    def _keep(
        self, hidden: Hidden, grader: str, answer: Answer, reason: Reason | None
    ) -> set[date]:
        material, now = hidden.material, self.clock()
        redacted = check(answer, material, self.rubric)
        status: Status = "needs_person" if reason == "other_language" else redacted.status
        entry = Entry(
            material.session_id, material.version, self.rubric.name, grader, status,
            reason, material.may_leave, now,
            rephrase(redacted, hidden.redacted.restore), redacted,
        )  # fmt: skip
        before = self.ledger.find(entry.session_id, entry.version, entry.rubric)
        attempts = before.attempts if before and before.status == "pending" else 0
        return self.ledger.keep(put_off(entry, attempts, now))


def put_off(entry: Entry, attempts: int, now: datetime) -> Entry:
    """Returns the entry as pending if a model may still speak, after so many attempts before."""
    if entry.reason in (None, "no_model", "no_consent", "other_language"):
        return entry
    if entry.reason == "over_budget":
        midnight = datetime.combine(now.astimezone(UTC).date(), datetime.min.time(), UTC)
        return replace(entry, status="pending", next_try_at=midnight + timedelta(days=1))
    if entry.reason in ("paused", "waiting"):
        later = now + (BATCH_LASTS if entry.reason == "waiting" else pause_after(1))
        return replace(entry, status="pending", attempts=attempts, next_try_at=later)
    if attempts + 1 >= MOST_ATTEMPTS:
        return replace(entry, reason="gave_up", attempts=attempts + 1)
    later = now + pause_after(attempts + 1)
    return replace(entry, status="pending", attempts=attempts + 1, next_try_at=later)


def question(material: Material, rubric: Rubric, grader: str) -> str:
    """Returns the key under which an answer about redacted passages is kept."""
    asked = [grader, rubric.model_dump_json(), instructions(rubric), document(material.passages)]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()
