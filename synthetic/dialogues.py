"""Transcripts of first sessions: short dialogues with what happened in them."""

from __future__ import annotations

from typing import Any

from synthetic.writing import Lesson, Planted, Writer

SPEAKERS = ("tutor", "student")
_FEWEST, _MOST = 3, 7
_FIRST_SECONDS = (2.0, 15.0)
Said = Planted | tuple[str, str]
"""A planted sentence, or a speaker and a plain one."""


def write_dialogue(
    writer: Writer, lesson: Lesson, mentions: float, seconds: float
) -> tuple[list[dict[str, Any]], list[tuple[int, Planted]]]:
    """Returns the turns of a dialogue of so many seconds, and what is planted in which turn."""
    planted = writer.plant(SPEAKERS, lesson, mentions)
    start = [plant for plant in planted if plant.code == "tutor_late"]
    close = [plant for plant in planted if plant.code in ("ended_early", "off_platform")]
    within = [plant for plant in planted if plant not in start and plant not in close]
    script = [*start, *_exchange(writer, "opening"), *_middle(writer, within)]
    script += [*close, *_exchange(writer, "closing")]
    moments = _moments(writer, len(script), seconds)
    turns = [_turn(said, moment) for said, moment in zip(script, moments, strict=True)]
    places = [(place, said) for place, said in enumerate(script) if isinstance(said, Planted)]
    return turns, places


def _exchange(writer: Writer, tone: str) -> list[Said]:
    return [(speaker, writer.plain(speaker, tone)) for speaker in SPEAKERS]


def _middle(writer: Writer, planted: list[Planted]) -> list[Said]:
    count = writer.luck.randint(_FEWEST, _MOST)
    lines = [writer.several(speaker, "middle", count) for speaker in SPEAKERS]
    script: list[Said] = [
        said for pair in zip(*lines, strict=True) for said in zip(SPEAKERS, pair, strict=True)
    ]
    for plant in planted:
        script.insert(writer.luck.randint(0, len(script)), plant)
    return script


def _moments(writer: Writer, count: int, seconds: float) -> list[float]:
    begin = writer.luck.uniform(*_FIRST_SECONDS)
    later = (begin + writer.luck.random() * max(seconds - begin, 0.0) for _ in range(count - 1))
    return [round(moment, 1) for moment in sorted([begin, *later])]


def _turn(said: Said, moment: float) -> dict[str, Any]:
    speaker, text = (said.voice, said.quote) if isinstance(said, Planted) else said
    return {"speaker": speaker, "text": text, "at_seconds": moment}
