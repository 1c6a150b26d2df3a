"""Whether words that a grader quotes stand where it says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from flows.reviews.grader import LONGEST_QUOTE, Quote
from flows.reviews.material import Passage

# what a model sets straight when it copies; everything else must be as it was said
_SAME = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " "})
_SHORTEST = 3


def is_verbatim(quote: Quote, passages: Sequence[Passage]) -> bool:
    """Returns whether the passage of that number holds these words, between whole words.

    Space, typographic quotation marks and the outermost dots may differ; no letter may.
    """
    if not 0 <= quote.turn < len(passages) or len(quote.text) > LONGEST_QUOTE:
        return False
    words = _plain(quote.text).strip(" .\u2026\"'")
    if sum(character.isalnum() for character in words) < _SHORTEST:
        return False
    pattern = rf"(?<!\w){re.escape(words)}(?!\w)"
    return re.search(pattern, _plain(passages[quote.turn].text)) is not None


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).translate(_SAME).split())
