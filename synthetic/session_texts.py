"""The texts of sessions: who writes one, about what, and the truth about each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from numpy.random import Generator

from synthetic.dialogues import write_dialogue
from synthetic.happenings import Happenings, draw_happenings
from synthetic.history import History
from synthetic.people import Flags
from synthetic.phrases import CODES
from synthetic.writing import Lesson, Planted, Writer

TEXTS: dict[str, Any] = {
    "student_feedback": pl.String,
    "tutor_notes": pl.String,
    "transcript": pl.List(
        pl.Struct({"speaker": pl.String, "text": pl.String, "at_seconds": pl.Float64})
    ),
}
TRUTH = {
    "session_id": pl.String,
    "kind": pl.String,
    "code": pl.String,
    "trap": pl.String,
    "quote": pl.String,
    "turn": pl.Int64,
}
_FEEDBACK, _NOTES, _NOTES_ON_ABSENCE, _TRANSCRIPTS = 0.30, 0.60, 0.70, 0.90
"""Shares of sessions that have each; feedback is given more often by the very glad or cross."""
_MENTIONS = {"student_feedback": 0.6, "tutor_notes": 0.45, "transcript": 0.85}
"""The chance that a text tells of what happened."""
_GOOD_ABOVE, _POOR_BELOW = -0.75, -1.45


def write_texts(
    rng: Generator, history: History, records: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Returns the records with their texts, and `Truth.texts`."""
    happenings = draw_happenings(rng, history, records)
    satisfied = history.taught.drawn.satisfaction[history.slots.lesson]
    luck = rng.random((3, records.height))
    wanted = _wanted(luck, happenings, satisfied, history, records)
    teller = _Teller(Writer(int(rng.integers(2**62))), happenings, satisfied, records)
    columns = {kind: teller.tell(kind, rows) for kind, rows in wanted.items()}
    texts = [pl.Series(kind, columns[kind], dtype=dtype) for kind, dtype in TEXTS.items()]
    return records.with_columns(texts), pl.DataFrame(teller.truth, schema=TRUTH, orient="row")


def _wanted(
    luck: Any, happenings: Happenings, satisfied: Any, history: History, records: pl.DataFrame
) -> dict[str, Flags]:
    held, first = happenings.is_held, history.taught.is_first[history.slots.lesson]
    is_alone = (records["no_show_party"] == "student").fill_null(False).to_numpy()
    return {
        "student_feedback": held & (luck[0] < _FEEDBACK * (0.7 + 0.3 * np.abs(satisfied))),
        "tutor_notes": (held & (luck[1] < _NOTES)) | (is_alone & (luck[1] < _NOTES_ON_ABSENCE)),
        "transcript": held & first & (luck[2] < _TRANSCRIPTS),
    }


class _Teller:
    def __init__(
        self, writer: Writer, happenings: Happenings, satisfied: Any, records: pl.DataFrame
    ) -> None:
        self._writer, self._happenings, self._satisfied = writer, happenings, satisfied
        self._ids = records["session_id"].to_list()
        present = (pl.col("tutor_left_at") - pl.col("tutor_joined_at")).dt.total_seconds()
        self._seconds = records.select(present.cast(pl.Float64)).to_series().to_list()
        self.truth: list[tuple[str | int | None, ...]] = []

    def tell(self, kind: str, rows: Flags) -> list[Any]:
        """Returns a text for each of the rows and null for all others; notes what is true."""
        told: list[Any] = [None] * len(rows)
        for row in np.flatnonzero(rows).tolist():
            told[row], planted = self._text(kind, row)
            self.truth += self._lines(kind, row, planted)
        return told

    def _text(self, kind: str, row: int) -> tuple[Any, list[tuple[int | None, Planted]]]:
        if not self._happenings.is_held[row]:
            return self._writer.plain("notes", "absent"), []
        lesson, mentions = self._lesson(kind, row), _MENTIONS[kind]
        if kind == "transcript":
            turns, placed = write_dialogue(self._writer, lesson, mentions, self._seconds[row])
            return turns, [*placed]
        voice = "notes" if kind == "tutor_notes" else "feedback"
        text, planted = self._writer.write(voice, lesson, mentions)
        return text, [(None, one) for one in planted]

    def _lesson(self, kind: str, row: int) -> Lesson:
        had = self._happenings
        minutes = {
            "tutor_late": int(had.late_minutes[row]),
            "ended_early": int(had.early_minutes[row]),
        }
        tone = "plain" if kind == "tutor_notes" else _tone(self._satisfied[row])
        return Lesson(_codes(had.has_happened[row]), _codes(had.is_absent[row]), minutes, tone)

    def _lines(
        self, kind: str, row: int, planted: list[tuple[int | None, Planted]]
    ) -> Iterator[tuple[str | int | None, ...]]:
        session = self._ids[row]
        for turn, one in planted:
            yield session, kind, one.code, one.trap, one.quote, turn
        if not planted:
            yield session, kind, None, None, None, None


def _tone(satisfied: float) -> str:
    if satisfied > _GOOD_ABOVE:
        return "good"
    return "fair" if satisfied >= _POOR_BELOW else "poor"


def _codes(flags: Flags) -> list[str]:
    return [code for code, flag in zip(CODES, flags.tolist(), strict=True) if flag]
