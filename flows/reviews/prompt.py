"""What a model is asked. A transcript is data: one JSON document, apart from the task."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from flows.reviews.material import Passage
from flows.reviews.rubric import Item, Rubric, read_text

VERSION = "prompt@1"
LONGEST_PASSAGE = 4_000
LONGEST_MATERIAL = 60_000


def instructions(rubric: Rubric) -> str:
    """Returns the task and the rubric, the same for every session, so that it can be cached."""
    items = "\n\n".join(map(_describe, rubric.asked))
    findings = "\n".join(f"- {code}: {meaning}" for code, meaning in rubric.findings.items())
    return f"{read_text(f'{VERSION}.md')}\nItems:\n\n{items}\n\nCodes of findings:\n{findings}\n"


def document(passages: Sequence[Passage]) -> str:
    """Returns the passages as JSON, which no words in them can close or leave."""
    rows = [
        {"turn": turn, "kind": one.kind, "speaker": one.speaker, "text": one.text}
        for turn, one in enumerate(passages)
        if one.text
    ]
    return json.dumps({"passages": rows}, ensure_ascii=False)


def fit(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """Returns the passages within our limits, under the same numbers.

    Long ones lose their ends; of too many, the middle of the session is emptied.
    """
    cut = [replace(one, text=one.text[:LONGEST_PASSAGE]) for one in passages]
    kept = set(_within_limit([len(one.text) for one in cut]))
    return tuple(one if number in kept else replace(one, text="") for number, one in enumerate(cut))


def _within_limit(lengths: list[int]) -> Iterable[int]:
    # from both ends inwards: how a session begins and ends says most
    room, order = (
        LONGEST_MATERIAL,
        sorted(range(len(lengths)), key=lambda number: min(number, len(lengths) - 1 - number)),
    )
    for number in order:
        room -= lengths[number]
        if room < 0:
            return
        yield number


def _describe(item: Item) -> str:
    anchors = "\n".join(f"  {level}: {anchor}" for level, anchor in item.levels.items())
    return f"{item.id}: {item.asks}\n{anchors}"
