"""Notes of tutors and feedback of students: sentences put together, with what was planted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from synthetic.phrases import CODES, MINUTES, TRAPS, load_phrases

TRAP_SHARE = 0.12
"""The share of texts that hold a trap, if there is a code that certainly did not happen."""
_SPOILS_THE_MOOD = frozenset(CODES) - {"gave_answers", "off_platform"}


@dataclass(frozen=True)
class Planted:
    """A sentence on purpose: a finding, or with `trap` one that only sounds like it."""

    code: str
    voice: str
    quote: str
    trap: str | None = None


@dataclass(frozen=True)
class Lesson:
    """What a text can be about."""

    happened: Sequence[str]
    absent: Sequence[str]
    minutes: dict[str, int]
    tone: str


class Writer:
    """Puts sentences together, the same for the same luck."""

    def __init__(self, seed: int) -> None:
        self.luck, self._phrases = Random(seed), load_phrases()

    def write(self, voice: str, lesson: Lesson, mentions: float) -> tuple[str, list[Planted]]:
        """Returns a text and what is planted in it; each happening is told with that chance."""
        planted = self.plant((voice,), lesson, mentions)
        parts = [planting.quote for planting in planted]
        for sentence in self._plain_sentences(voice, lesson.tone, planted):
            parts.insert(self.luck.randint(0, len(parts)), sentence)
        return " ".join(parts), planted

    def plant(self, voices: Sequence[str], lesson: Lesson, mentions: float) -> list[Planted]:
        """Returns findings that happened and now and then a trap that did not."""
        told = [code for code in lesson.happened if self.luck.random() < mentions]
        planted = [self._finding(code, voices, lesson) for code in told]
        if lesson.absent and self.luck.random() < TRAP_SHARE:
            planted += self._trap(voices, self.luck.choice(lesson.absent))
        self.luck.shuffle(planted)
        return planted

    def plain(self, voice: str, tone: str) -> str:
        """Returns a sentence without any finding."""
        return self.several(voice, tone, 1)[0]

    def several(self, voice: str, tone: str, count: int) -> list[str]:
        """Returns so many different ones."""
        return self.luck.sample(self._phrases.plain[voice, tone], count)

    def _plain_sentences(self, voice: str, tone: str, planted: list[Planted]) -> list[str]:
        codes = {planting.code for planting in planted if not planting.trap}
        if "student_distress" in codes:
            return []
        mood = "fair" if tone == "good" and codes & _SPOILS_THE_MOOD else tone
        return self.several(voice, mood, self.luck.randint(0 if planted else 1, 2))

    def _finding(self, code: str, voices: Sequence[str], lesson: Lesson) -> Planted:
        known = self._phrases.findings
        options = [(voice, text) for voice in voices for text in known.get((code, voice), [])]
        voice, text = self.luck.choice(options)
        return Planted(code, voice, text.replace(MINUTES, str(lesson.minutes.get(code))))

    def _trap(self, voices: Sequence[str], code: str) -> list[Planted]:
        trap = self.luck.choice(TRAPS)
        known = self._phrases.traps
        options = [(voice, text) for voice in voices for text in known.get((code, trap, voice), [])]
        return [Planted(code, *self.luck.choice(options), trap)] if options else []
