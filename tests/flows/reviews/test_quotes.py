"""A quote counts only where it stands, letter by letter."""

from __future__ import annotations

import pytest

from flows.reviews.grader import Quote
from flows.reviews.material import Passage
from flows.reviews.quotes import is_verbatim

PASSAGES = [
    Passage("transcript", "tutor", "It\u2019s  fine,\nwe said \u201cnext time\u201d. All right?"),
    Passage("transcript", "student", "I failed the last quiz."),
    Passage("transcript", "student", ""),
]
TRUE = [
    (0, "It's fine, we said"),
    (0, 'we said "next time"'),
    (0, "All right?"),
    (1, "I failed the last quiz"),
    (1, "...failed the last quiz..."),
]
FALSE = [
    (0, "I failed the last quiz."),
    (1, "i failed the last quiz"),
    (1, "I failed the quiz"),
    (1, "ailed the last qui"),
    (1, "I passed the last quiz."),
    (1, ""),
    (1, "..."),
    (2, "I failed"),
    (3, "I failed"),
    (-1, "I failed the last quiz."),
    (10**9, "I failed"),
]


@pytest.mark.parametrize(("turn", "text"), TRUE)
def test_words_that_stand_there_are_verbatim(turn: int, text: str) -> None:
    assert is_verbatim(Quote(turn=turn, text=text), PASSAGES)


@pytest.mark.parametrize(("turn", "text"), FALSE)
def test_words_that_do_not_stand_there_are_not(turn: int, text: str) -> None:
    assert not is_verbatim(Quote(turn=turn, text=text), PASSAGES)


def test_a_quote_longer_than_any_quote_is_refused() -> None:
    long = Passage("tutor_notes", "tutor", "word " * 200)
    assert not is_verbatim(Quote(turn=0, text=("word " * 200).strip()), [long])
