"""Patterns of a month: findings grouped by subject, cohort and hour. Code counts, always.

A model may propose themes, as a title and the numbers of findings; numbers that do not exist are
dropped, and support is counted from our own rows before anything is kept.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass

from pydantic import BaseModel, ConfigDict, Field

from flows.reviews.ledger import Ledger

FEWEST_SESSIONS = 5
FEWEST_TUTORS = 3  # a pattern of two people is about two people
LEAST_LIFT = 1.5
KINDS = ("subject", "cohort", "hour")
_LONGEST_TITLE = 80
_NOT_IN_A_TITLE = re.compile(r"[^\w\s,.'()&-]+")
_LOOKS_LIKE_A_LINK = re.compile(r"\w\.\w|www|http", re.IGNORECASE)


@dataclass(frozen=True)
class Noted:
    """One finding with where it belongs. `quote` is redacted."""

    session_id: str
    tutor_id: str
    code: str
    quote: str
    subject: str | None
    cohort: str | None
    hour: str | None


@dataclass(frozen=True)
class Held:
    """A reviewed session, with or without findings: what shares are taken of."""

    session_id: str
    subject: str | None
    cohort: str | None
    hour: str | None


@dataclass(frozen=True)
class Theme:
    """Something that is found more often in one group than elsewhere, with its support.

    `share` is of the group's reviewed sessions, `base_share` of all reviewed sessions.
    """

    kind: str
    value: str
    grader: str
    title: str
    code: str
    session_count: int
    tutor_count: int
    share: float
    base_share: float


class Proposal(BaseModel):
    """A theme as a model proposes it: a title and the numbers of the findings that belong to it."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    title: str = Field(description="at most eight words, without names")
    members: list[int]


class Proposals(BaseModel):
    """All themes that a model proposes."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    themes: list[Proposal]


def themes_by_rules(
    findings: Sequence[Noted], sessions: Sequence[Held], grader: str
) -> list[Theme]:
    """Returns each code that a group has clearly more often than all sessions have."""
    by_code: dict[str, list[Noted]] = defaultdict(list)
    for one in findings:
        by_code[one.code].append(one)
    titles = ((code.replace("_", " "), members) for code, members in by_code.items())
    return _supported(titles, sessions, grader)


def themes_by_proposal(
    proposals: Proposals, findings: Sequence[Noted], sessions: Sequence[Held], grader: str
) -> list[Theme]:
    """Returns the proposed themes that our own count supports, with titles made harmless."""
    known = range(len(findings))
    titles = (
        (title, [findings[number] for number in sorted(set(one.members)) if number in known])
        for one in proposals.themes
        if (title := harmless(one.title))
    )
    return _supported(titles, sessions, grader)


def document(findings: Sequence[Noted]) -> str:
    """Returns what a model sees of the findings: numbers, codes and redacted quotes."""
    rows = [
        {"number": number, "code": one.code, "quote": one.quote}
        for number, one in enumerate(findings)
    ]
    return json.dumps({"findings": rows}, ensure_ascii=False)


def harmless(title: str) -> str:
    """Returns a title of plain words, or nothing if it is made to be clicked on."""
    if _LOOKS_LIKE_A_LINK.search(title):
        return ""
    return " ".join(_NOT_IN_A_TITLE.sub(" ", title).split())[:_LONGEST_TITLE]


def keep_themes(ledger: Ledger, month: str, themes: Iterable[Theme]) -> None:
    """Makes `themes` those of the month, as YYYY-MM."""
    rows = [(month, *astuple(theme)) for theme in themes]
    with ledger.transaction():
        ledger.execute("delete from themes where month = ?", (month,))
        query = "insert or ignore into themes values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        ledger.execute_many(query, rows)


def themes_of(ledger: Ledger, month: str) -> list[Theme]:
    """Returns the themes of a month, the best supported first."""
    query = "select * from themes where month = ? order by session_count desc, title"
    return [Theme(*row[1:]) for row in ledger.execute(query, (month,))]


def _supported(
    titles: Iterable[tuple[str, list[Noted]]], sessions: Sequence[Held], grader: str
) -> list[Theme]:
    found = [
        theme
        for title, members in titles
        for kind in KINDS
        for theme in _groups(title, members, sessions, kind, grader)
    ]
    return sorted(found, key=lambda one: (-one.session_count, one.kind, one.value, one.title))


def _groups(
    title: str, members: list[Noted], sessions: Sequence[Held], kind: str, grader: str
) -> Iterator[Theme]:
    sizes = Counter(getattr(one, kind) for one in sessions)
    told = {one.session_id for one in members}
    base = len(told) / len(sessions) if sessions else 0.0
    for value, size in sizes.items():
        inside = [one for one in members if getattr(one, kind) == value]
        held, tutors = {one.session_id for one in inside}, {one.tutor_id for one in inside}
        share = len(held) / size
        is_many = len(held) >= FEWEST_SESSIONS and len(tutors) >= FEWEST_TUTORS
        if value is not None and is_many and share >= LEAST_LIFT * base:
            [(code, _)] = Counter(one.code for one in inside).most_common(1)
            counts = len(held), len(tutors), share, base
            yield Theme(kind, value, grader, title, code, *counts)
