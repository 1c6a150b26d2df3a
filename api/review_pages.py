"""Pages for those who grade what a grader graded: the queue, and one session to read, blind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any, Protocol
from urllib.parse import quote

from api.caller import Caller
from api.html import frame, notes

WHY = {
    "sample": "Drawn by chance, to see how grader and people agree",
    "needs_person": "Code could not stand by all that the grader said, or it is not in English",
    "dispute": "Disputed",
}
_STATES = {
    "agrees": "Agrees",
    "below_the_line": "Below the line: hidden from coaches",
    "not_enough_data": "Not enough data",
}
NOT_OBSERVABLE = "none"


class Question(Protocol):
    """One item of the rubric: what it asks, and what each level means."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def asks(self) -> str: ...
    @property
    def levels(self) -> Mapping[int, str]: ...


class Waiting(Protocol):
    """A session that waits for a grade."""

    @property
    def session_id(self) -> str: ...
    @property
    def why(self) -> str: ...


class Passage(Protocol):
    """One turn of a transcript, the notes, or the feedback."""

    @property
    def kind(self) -> str: ...
    @property
    def speaker(self) -> str: ...
    @property
    def text(self) -> str: ...


class Quoted(Protocol):
    """Words that a grader quoted, the number of their passage, and what they are to show."""

    @property
    def turn(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def shows(self) -> str: ...


class Said(Protocol):
    """The words of a session, and which of them were quoted."""

    @property
    def passages(self) -> Sequence[Passage]: ...
    @property
    def quotes(self) -> Sequence[Quoted]: ...


class GradingDesk(Protocol):
    """What the pages ask of whoever keeps the reviews."""

    @property
    def questions(self) -> Sequence[Question]: ...
    def standing(self, now: datetime) -> dict[str, Any]: ...
    def queue(self, limit: int) -> Sequence[Waiting]: ...
    def passages(self, session_id: str) -> Sequence[Passage]: ...
    def said(self, session_id: str) -> Said: ...
    def grade(self, session_id: str, levels: Mapping[str, int | None], person: str) -> None: ...


def reviews_page(
    standing: dict[str, Any],
    waiting: Sequence[Waiting],
    questions: Sequence[Question],
    *,
    caller: Caller,
    is_demo: bool,
    told: str = "",
) -> str:
    """Returns how reviews stand, what waits for a person, and how grader and people agree."""
    body = (
        f"<main><h1>{_count(standing['waiting_for_people'])} for you to grade</h1>{notes(told)}"
        f'<p class="meta">{escape(_standing_words(standing))}</p>'
        f"{_queue(waiting, standing['share_drawn'])}"
        f"<h2>How grader and people agree</h2>{_agreements(standing, questions)}"
        "</main>"
    )
    return frame("Reviews", body, caller=caller, is_demo=is_demo)


def grading_page(
    session_id: str,
    passages: Sequence[Passage],
    questions: Sequence[Question],
    *,
    caller: Caller,
    is_demo: bool,
    wrong: str = "",
) -> str:
    """Returns the words of a session and a form of levels, without what the grader said."""
    said = "".join(_passage(number, one) for number, one in enumerate(passages))
    asked = "".join(map(_question, questions))
    body = (
        '<main><p class="meta"><a href="/reviews">← All that wait</a></p>'
        f"<h1>Grade session {escape(session_id)}</h1>"
        '<p class="meta">What the grader said is not shown, so that yours is a second opinion. '
        "These are the words of a tutor and a student: keep them to yourself.</p>"
        f'<ol class="card said" start="0">{said}</ol>'
        f'<form class="card" method="post">{notes("", wrong)}{asked}'
        '<button class="btn main">Keep my grades</button>'
        '<p class="meta">They cannot be changed afterwards.</p></form></main>'
    )
    return frame(f"Grade {session_id}", body, caller=caller, is_demo=is_demo)


def _standing_words(standing: dict[str, Any]) -> str:
    words = {"graded": "graded", "pending": "waiting for the model", "needs_person": "in doubt"}
    counts = [f"{count:,} {words[status]}" for status, count in standing["reviews"].items()]
    return (
        f"Grader {standing['grader']}, rubric {standing['rubric']}. "
        f"Reviews: {', '.join(counts) or 'none yet'}; {standing['due']:,} to come. Spent today "
        f"(UTC): ${standing['usd_today']:.2f} of ${standing['usd_a_day']:.2f}."
    )


def _queue(waiting: Sequence[Waiting], share_drawn: float) -> str:
    if not waiting:
        return (
            f'<p class="card">Nothing waits. {share_drawn:.0%} of the reviews are drawn for a '
            "person, and those of which code could not find each quote.</p>"
        )
    rows = "".join(
        f'<tr><td><a href="/reviews/{quote(one.session_id, safe="")}">{escape(one.session_id)}</a>'
        f"</td><td>{escape(WHY[one.why])}</td></tr>"
        for one in waiting
    )
    return (
        '<table><thead><tr><th scope="col">Session</th><th scope="col">Why it waits</th></tr>'
        f"</thead><tbody>{rows}</tbody></table>"
    )


def _agreements(standing: dict[str, Any], questions: Sequence[Question]) -> str:
    found = standing["agreement"]
    rows = "".join(
        f"<tr><td>{escape(one.title)}</td><td>{_kappa(found[one.id])}</td>"
        f"<td>n {found[one.id]['n']:,}</td><td>{_STATES[found[one.id]['state']]}</td></tr>"
        for one in questions
    )
    return (
        '<table><thead><tr><th scope="col">Item</th><th scope="col">Weighted kappa (90 %)</th>'
        '<th scope="col">Sessions graded by both</th><th scope="col">State</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
        '<p class="meta">1 is full agreement, 0 what chance gives; the line is '
        f"{standing['line']}. Told from {standing['enough']} sessions on, of those drawn by "
        "chance.</p>"
    )


def _kappa(one: dict[str, Any]) -> str:
    if one["state"] == "not_enough_data":
        return "No kappa yet"
    interval = "" if one["low"] is None else f" ({one['low']:.2f} to {one['high']:.2f})"
    return f"{one['kappa']:.2f}{interval}"


def who_says(one: Passage) -> str:
    """Returns whose words a passage is, as it is shown."""
    return one.speaker if one.kind == "transcript" else one.kind.replace("_", " ")


def _passage(number: int, one: Passage) -> str:
    return f'<li value="{number}"><b>{escape(who_says(one))}</b> {escape(one.text)}</li>'


def _question(one: Question) -> str:
    levels = [(str(level), f"{level}: {words}") for level, words in sorted(one.levels.items())]
    choices = "".join(
        f'<label class="check"><input type="radio" name="{escape(one.id)}" value="{value}" '
        f"required>{escape(words)}</label>"
        for value, words in [*levels, (NOT_OBSERVABLE, "Not observable here")]
    )
    return (
        f"<fieldset><legend>{escape(one.title)}</legend>"
        f'<p class="meta">{escape(one.asks)}</p>{choices}</fieldset>'
    )


def _count(number: int) -> str:
    return {0: "No review", 1: "1 review"}.get(number, f"{number:,} reviews")
