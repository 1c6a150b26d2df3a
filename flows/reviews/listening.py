"""Hears findings and signals in sentences: patterns, what denies them, and who else did it.

Denials follow NegEx (Chapman et al., J. Biomed. Inform. 34, 2001): a denying word takes back what
follows within a few words. The patterns lie in `rubrics/rules@1.yml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from flows.reviews.material import Passage
from flows.reviews.rubric import read_yaml

VERSION = "rules@1"
_REACH = 5  # words before a pattern that a denial reaches over
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_CLAUSE = re.compile(r"[;:]|,? but |, and ")
_WORD = re.compile(r"\{([a-z]+)\}")
_VOICES = ("student", "tutor", "any")
Pattern = re.Pattern[str]


@dataclass(frozen=True)
class Ear:
    """Listens for one code in one voice."""

    heard: tuple[Pattern, ...]
    anyway: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]

    def hears(self, sentence: str) -> bool:
        """Returns whether the sentence says it, and says it of this session."""
        if _any(self.unless, sentence):
            return False
        return _any(self.anyway, sentence) or any(
            not _is_denied(sentence, found)
            for pattern in self.heard
            for found in pattern.finditer(sentence)
        )


def findings_in(passage: Passage) -> Iterator[tuple[str, str]]:
    """Yields each code that the passage tells of, with the first sentence that does."""
    sentences = split_sentences(passage.text)
    for code, ears in _ears().items():
        ear = ears["tutor" if passage.speaker == "tutor" else "student"]
        if said := next(filter(ear.hears, sentences), None):
            yield code, said


def signal_in(name: str, passages: Iterable[tuple[int, Passage]]) -> tuple[int, str] | None:
    """Returns the turn and the sentence where a signal is first heard, or None."""
    ear = _signals()[name]
    return next(
        (
            (turn, sentence)
            for turn, passage in passages
            for sentence in split_sentences(passage.text)
            if ear.hears(sentence)
        ),
        None,
    )


def split_sentences(text: str) -> list[str]:
    """Returns the sentences of a text, each as it stands there."""
    return [sentence for sentence in _SENTENCE.split(text.strip()) if sentence]


def _is_denied(sentence: str, found: re.Match[str]) -> bool:
    clause = _CLAUSE.split(sentence[: found.start()])[-1]
    before = " ".join(clause.split()[-_REACH:])
    return _any(_compiled("denials"), f"{before} {found.group()}")


def _any(patterns: Iterable[Pattern], text: str) -> bool:
    return any(pattern.search(text) for pattern in patterns)


@cache
def _rules() -> dict[str, Any]:
    return read_yaml(VERSION)


@cache
def _compiled(name: str) -> tuple[Pattern, ...]:
    return _compile(_rules()[name])


@cache
def _ears() -> dict[str, dict[str, Ear]]:
    codes: dict[str, dict[str, Any]] = _rules()["codes"]
    return {
        code: {voice: _ear(said, voice) for voice in ("student", "tutor")}
        for code, said in codes.items()
    }


def _ear(said: dict[str, Any], voice: str) -> Ear:
    parts: list[dict[str, list[str]]] = [said.get("any", {}), said.get(voice, {})]
    unless = [one for part in parts for one in part.get("unless", [])]
    unless += said.get("any_unless", []) + said.get(f"{voice}_unless", [])
    unless += _rules()["others"]
    if voice == "student" and not said.get("hears_bystanders"):
        unless += _rules()["bystanders"]
    return Ear(
        _compile(one for part in parts for one in part.get("heard", [])),
        _compile(one for part in parts for one in part.get("anyway", [])),
        _compile(unless),
    )


@cache
def _signals() -> dict[str, Ear]:
    signals: dict[str, dict[str, list[str]]] = _rules()["signals"]
    return {name: Ear(_compile(said["heard"]), (), ()) for name, said in signals.items()}


def _compile(patterns: Iterable[str]) -> tuple[Pattern, ...]:
    return tuple(re.compile(_spell_out(pattern), re.IGNORECASE) for pattern in patterns)


def _spell_out(pattern: str) -> str:
    words: dict[str, str] = _rules()["words"]
    while _WORD.search(pattern):
        pattern = _WORD.sub(lambda word: words[word[1]], pattern)
    return pattern
