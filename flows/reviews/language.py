"""Whether what was said is English: rubric, patterns and all measured errors are for that alone."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flows.reviews.material import Passage

# a third or more of spoken English; other languages of the same letters come to a twentieth
_COMMON = frozenset(
    [
        "the",
        "a",
        "an",
        "and",
        "or",
        "but",
        "to",
        "of",
        "in",
        "on",
        "at",
        "for",
        "with",
        "from",
        "is",
        "are",
        "was",
        "be",
        "do",
        "does",
        "did",
        "have",
        "has",
        "can",
        "will",
        "i",
        "you",
        "he",
        "she",
        "it",
        "we",
        "they",
        "me",
        "my",
        "your",
        "his",
        "her",
        "our",
        "this",
        "that",
        "these",
        "what",
        "how",
        "why",
        "so",
        "if",
        "not",
        "no",
        "yes",
        "let",
        "s",
        "t",
        "re",
        "ll",
        "m",
        "ve",
        "as",
        "by",
        "up",
        "out",
        "there",
        "then",
        "now",
        "just",
        "like",
        "know",
        "think",
    ]
)
_FEWEST_WORDS = 25
_LEAST_SHARE = 0.2


def is_english(passages: Iterable[Passage]) -> bool:
    """Returns whether the words are English; of fewer than 25 nobody can tell, and they pass.

    Signs of another script count as words that are not.
    """
    words = re.findall(r"[^\W\d_]+", " ".join(one.text for one in passages).casefold())
    if len(words) < _FEWEST_WORDS:
        return True
    return sum(word in _COMMON for word in words) / len(words) >= _LEAST_SHARE
