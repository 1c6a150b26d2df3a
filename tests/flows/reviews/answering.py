"""Answers that a model could give about the material of these tests."""

from __future__ import annotations

from typing import Any

TRUE_QUOTES = {
    "rapport": (0, "Hi, good to meet you."),
    "goal_set": (1, "I want to get better at fractions"),
    "diagnosis": (4, "why does that work?"),
    "clarity": (5, "Because then the pieces are equally large."),
    "pacing": (2, "What do you think the first step could be?"),
    "next_step": (6, "try these two at home"),
}


def answer(level: object = 3, **changes: Any) -> dict[str, Any]:
    items = [judgement(item, level, *quote) for item, quote in TRUE_QUOTES.items()]
    return {"items": items, "findings": []} | changes


def judgement(item: str, level: object, turn: object, text: object) -> dict[str, Any]:
    return {"item": item, "level": level, "quotes": [{"turn": turn, "text": text}]}


def finding(code: str, turn: int, text: str) -> dict[str, Any]:
    return {"code": code, "quote": {"turn": turn, "text": text}}
