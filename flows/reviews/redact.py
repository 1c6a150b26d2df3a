"""Takes names, addresses, phone numbers, schools and links out of texts, and puts them back.

The map from pseudonyms to words stays here. Students' names are not known to us, so whatever looks
like a name is taken for one: a wrong pseudonym costs a grader nothing, a name that leaves is gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flows.reviews.rubric import read_yaml

_PLAIN: dict[str, str] = read_yaml("plain_words")
NOT_NAMES = frozenset(_PLAIN["not_names"].split())
OPENERS = frozenset(_PLAIN["openers"].split())
_TOKEN = re.compile(r"\[(?:LINK|EMAIL|PHONE|SCHOOL|PLACE|HANDLE|TUTOR|NAME|MARK)_\d+\]")
_LETTER = r"[^\W\d_]"
_UPPER = "A-Z\u00c0-\u00d6\u00d8-\u00de\u0100-\u0178\u0386-\u03ab\u0410-\u042f"
_NAME = rf"[{_UPPER}](?:{_LETTER}|['\u2019-](?={_LETTER}))*"
_NAMES = rf"{_NAME}(?:\s+{_NAME})*"
_ENDING = (
    r"(?:com|org|net|edu|gov|io|me|us|uk|app|info|biz|co|gg|tv|link|site|online|example|school|"
    r"ly|be|fm|xyz|dev|ai|de|fr|es|ca|au|in)"
)
# every run is bounded: nobody may hold us up with a text of twenty thousand letters
_AT = (
    r"(?:\s{0,3}@\s{0,3}|\s{0,3}[\[(]\s?at\s?[\])]\s{0,3}|"
    r"\s{1,3}at\s{1,3}(?=[\w-]{1,63}\s{0,3}(?:[\[(]\s?dot|\sdot\s|\.\w)))"
)
_DOT = r"(?:\.|\s{0,3}[\[(]\s?dot\s?[\])]\s{0,3}|\s{1,3}dot\s{1,3})"
_NO_DAY = r"(?!\d{4}-\d\d-\d\d\b)"
# the order decides: an address is not read as a link, nor a link's digits as a phone number
_PATTERNS = (
    ("EMAIL", rf"[\w.+%-]{{1,64}}{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{1,6}}"),
    ("EMAIL", r"[^\s@]{1,64}@[^\s@]{1,100}"),
    ("LINK", r"(?:[a-z][a-z0-9+.-]{0,20}://|www\.)\S+"),
    ("LINK", rf"\b(?:[\w-]{{1,63}}\.){{1,6}}{_ENDING}\b(?:[/?#:]\S*)?"),
    ("HANDLE", r"(?<!\w)[@#]\w[\w.]+"),
    ("PHONE", rf"(?<!\d){_NO_DAY}\+?\(?\d(?:[\s().\-/\u2010-\u2015]{{0,3}}\d){{6,}}"),
    ("PHONE", r"\b(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)[\s,-]+){6,}\w+"),
    (
        "PLACE",
        rf"\b\d+[a-z]?\s+(?:{_NAME}\s+){{1,3}}(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|"
        r"Court|Boulevard|Blvd|Way|Place)\b\.?",
    ),
    (
        "SCHOOL",
        rf"\b(?:{_NAME}\.?\s+(?:of\s+(?:the\s+)?)?){{1,4}}(?:(?:High|Middle|Elementary|Primary|"
        r"Grammar|Secondary|Charter|Magnet|Prep|Preparatory|Junior|Public|Day)\s+)*"
        r"(?:School|Academy|College|University|Institute|Elementary|Middle|High|Prep|Gymnasium|"
        r"Lyc\u00e9e|Montessori)\b",
    ),
    ("SCHOOL", rf"\b(?:University|College|School|Academy)\s+(?:of|for)\s+(?:the\s+)?{_NAMES}"),
    (
        "SCHOOL",
        r"(?i:\b(?:[\w.'-]{1,30}\s){1,2}(?:high|middle|elementary|primary|grammar|secondary|"
        r"charter|public)\sschool\b)",
    ),
    ("SCHOOL", r"\b(?:P\.?S\.?|I\.?S\.?|M\.?S\.?)\s*#?\s*\d+\b"),
)
_COMPILED = tuple(
    (label, re.compile(text, 0 if label in ("SCHOOL", "PLACE") else re.IGNORECASE))
    for label, text in _PATTERNS
)
_INTRODUCED = re.compile(
    r"\b(?:my name is|my name's|name is|i am called|i'm called|call me|they call me|this is|i am|"
    r"i'm|it's|hi|hello|hey|bye|goodbye|thanks|thank you|dear|welcome|sorry|love|mr|mrs|ms|miss|dr|"
    r"prof|professor|sir|coach|aunt|uncle|named|called)\b[.,]?\s+",
    re.IGNORECASE,
)
_FOLLOWING = re.compile(_NAMES)
_LOWER_NAME = re.compile(r"\b(?:my name is|my name's|call me)\s+(\w+)", re.IGNORECASE)
_CAPITAL = re.compile(rf"(?<!\w){_NAME}")
_CALLED = re.compile(rf"(?:^|[.!?]\s+)({_NAME}),")
_INSIDE = re.compile(r"[^.!?\s:\u201c\"]\s*[\"'(\u201c]?$")


@dataclass(frozen=True)
class Redacted:
    """Texts that may leave, and the words behind the pseudonyms, which may not."""

    texts: tuple[str, ...]
    words: dict[str, str]

    def restore(self, text: str) -> str:
        """Returns `text` with each of our pseudonyms replaced by what it stands for."""
        return _TOKEN.sub(lambda token: self.words.get(token[0], token[0]), text)


def redact(texts: Sequence[str], tutor_name: str = "") -> Redacted:
    """Returns the texts of one session with pseudonyms, the same word having the same in all."""
    pseudonyms = _Pseudonyms()
    for label, pattern in (("MARK", _TOKEN), *_COMPILED):
        texts = [pseudonyms.replace(pattern, label, text) for text in texts]
    texts = [_hide_names(text, pseudonyms, "TUTOR", _parts(tutor_name)) for text in texts]
    names = sorted({name for text in texts for name in _names_in(text)}, key=_longest_first)
    texts = [_hide_names(text, pseudonyms, "NAME", names) for text in texts]
    return Redacted(tuple(texts), pseudonyms.words)


class _Pseudonyms:
    def __init__(self) -> None:
        self.words: dict[str, str] = {}
        self._known: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}

    def replace(self, pattern: re.Pattern[str], label: str, text: str) -> str:
        # what is hidden already is left alone, whatever it looks like
        parts, end = [], 0
        for token in _TOKEN.finditer(text) if label != "MARK" else ():
            parts += [self._sub(pattern, label, text[end : token.start()]), token[0]]
            end = token.end()
        return "".join([*parts, self._sub(pattern, label, text[end:])])

    def _sub(self, pattern: re.Pattern[str], label: str, text: str) -> str:
        return pattern.sub(lambda found: self._name(label, found[0]), text)

    def _name(self, label: str, word: str) -> str:
        if (label, word) not in self._known:
            self._counts[label] = self._counts.get(label, 0) + 1
            self._known[label, word] = f"[{label}_{self._counts[label]}]"
            self.words[self._known[label, word]] = word
        return self._known[label, word]


def _hide_names(text: str, pseudonyms: _Pseudonyms, label: str, names: Iterable[str]) -> str:
    # a short or common name is one only with a capital: "will" is not Will
    plain: list[str] = []
    distinct: list[str] = []
    for name in names:
        is_plain = len(name) < 4 or name.casefold() in NOT_NAMES
        (plain if is_plain else distinct).append(re.escape(name))
    for some, flags in ((distinct, re.IGNORECASE), (plain, re.NOFLAG)):
        if some:
            pattern = re.compile(rf"(?<!\w)(?:{'|'.join(some)})(?!\w)", flags)
            text = pseudonyms.replace(pattern, label, text)
    return text


def _parts(tutor_name: str) -> list[str]:
    parts = [part for part in tutor_name.split() if len(part) > 1]
    return [" ".join(tutor_name.split()), *parts] if parts else []


def _names_in(text: str) -> Iterator[str]:
    text = _TOKEN.sub(lambda token: "\x00" * len(token[0]), text)
    for cue in _INTRODUCED.finditer(text):
        if follows := _FOLLOWING.match(text, cue.end()):
            yield from _likely(follows[0])
    yield from (found[1] for found in _LOWER_NAME.finditer(text) if _is_name(found[1]))
    yield from (found[1] for found in _CALLED.finditer(text) if _is_name(found[1], OPENERS))
    for word in _CAPITAL.finditer(text):
        if _INSIDE.search(text[max(0, word.start() - 4) : word.start()]) and _is_name(word[0]):
            yield word[0].removesuffix("'s").removesuffix("\u2019s")


def _likely(names: str) -> Iterator[str]:
    yield from (name.removesuffix("'s") for name in names.split() if _is_name(name))


def _is_name(word: str, besides: frozenset[str] = frozenset()) -> bool:
    plain = word.casefold().replace("\u2019", "'")
    return len(word) > 1 and plain not in NOT_NAMES and plain not in besides


def _longest_first(name: str) -> tuple[int, str]:
    return -len(name), name
