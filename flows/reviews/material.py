"""What a review is made of: the texts of one session, as numbered passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["transcript", "tutor_notes", "student_feedback"]
Speaker = Literal["tutor", "student", "other"]
_SPEAKERS: dict[str, Speaker] = {
    **dict.fromkeys(("tutor", "teacher", "coach", "instructor", "mentor"), "tutor"),
    **dict.fromkeys(("student", "pupil", "learner", "child"), "student"),
}


@dataclass(frozen=True)
class Passage:
    """One turn of a transcript, the notes, or the feedback."""

    kind: Kind
    speaker: Speaker
    text: str


@dataclass(frozen=True)
class Material:
    """A session's passages: its turns, counted from 0, then notes and feedback if there are any.

    `tutor_name` is for redaction only. `may_leave` says whether a model elsewhere may read it.
    """

    session_id: str
    version: int
    passages: tuple[Passage, ...]
    tutor_name: str = ""
    may_leave: bool = False

    @property
    def turns(self) -> tuple[Passage, ...]:
        return tuple(passage for passage in self.passages if passage.kind == "transcript")


def to_passages(
    transcript: Sequence[tuple[str, str]] | None,
    notes: str | None,
    feedback: str | None,
    tutor_name: str = "",
) -> tuple[Passage, ...]:
    """Returns the passages of one session; a turn is what was called the speaker, and the text."""
    turns = [
        Passage("transcript", who_speaks(speaker, tutor_name), text)
        for speaker, text in transcript or []
    ]
    written = [
        Passage("tutor_notes", "tutor", notes or ""),
        Passage("student_feedback", "student", feedback or ""),
    ]
    return (*turns, *(passage for passage in written if passage.text.strip()))


def who_speaks(label: str, tutor_name: str) -> Speaker:
    """Returns the part somebody plays; a label is free text, so it goes no further than here."""
    label = label.strip().casefold()
    if label and label == tutor_name.strip().casefold():
        return "tutor"
    return _SPEAKERS.get(label, "other")
