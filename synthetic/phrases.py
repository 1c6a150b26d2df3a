"""The sentences that notes, feedback and transcripts are made of; they lie in `texts/`.

Written for this purpose: no real person said them, and no name or address is in them.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

CODES = (
    "tutor_late",
    "unprepared",
    "gave_answers",
    "off_platform",
    "dismissive_tone",
    "tech_issue",
    "ended_early",
    "student_distress",
)
TRAPS = ("negation", "third_party")
MINUTES = "{minutes}"
"""Stands for by how many minutes the tutor was late or left early."""


@dataclass(frozen=True)
class Phrases:
    """A `voice` is feedback, notes, or the tutor or the student in a dialogue."""

    findings: dict[tuple[str, str], list[str]]
    """By code and voice: what is said when it happened."""
    traps: dict[tuple[str, str, str], list[str]]
    """By code, trap and voice: what sounds like it, when it did not happen here."""
    plain: dict[tuple[str, str], list[str]]
    """By voice and tone: everything else."""


@cache
def load_phrases() -> Phrases:
    """Returns all sentences."""
    findings, traps, plain = defaultdict(list), defaultdict(list), defaultdict(list)
    for row in _rows("findings"):
        findings[row["code"], row["voice"]].append(row["text"])
    for row in _rows("traps"):
        traps[row["code"], row["trap"], row["voice"]].append(row["text"])
    for row in _rows("plain"):
        plain[row["voice"], row["tone"]].append(row["text"])
    return Phrases(dict(findings), dict(traps), dict(plain))


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("synthetic") / "texts" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
