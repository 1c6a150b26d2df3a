"""The grader that is always there: it says what patterns can, and leaves out what they cannot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.reviews.grader import LONGEST_QUOTE, Answer, Finding, Graded, Judgement, Quote
from flows.reviews.listening import VERSION, findings_in, signal_in
from flows.reviews.material import Material, Passage
from flows.reviews.rubric import Level, Rubric

Numbered = tuple[int, Passage]
Said = tuple[int, str]
_CLOSING = 4  # turns in which a next step is looked for
_PROBING = 2  # questions that show how a student thinks, before it is called a diagnosis


class RulesGrader:
    """Hears findings, and levels of items whose signs are phrases; all others it cannot observe."""

    name = VERSION

    async def grade(self, material: Material, rubric: Rubric) -> Graded:
        """Returns what patterns hear, at once and for nothing."""
        return Graded(read_by_rules(material, rubric))


def read_by_rules(material: Material, rubric: Rubric) -> Answer:
    """Returns the answer of the rules; each quote is a sentence as it stands in its passage."""
    judged = dict(_judge(material.turns))
    items = [judged.get(item.id) or _unseen(item.id) for item in rubric.asked]
    findings = [
        Finding.model_validate({"code": code, "quote": _quote((turn, sentence))})
        for turn, passage in enumerate(material.passages)
        for code, sentence in findings_in(passage)
    ]
    return Answer(items=items, findings=findings)


def _judge(turns: Sequence[Passage]) -> Iterator[tuple[str, Judgement]]:
    numbered = list(enumerate(turns))
    by_tutor = [one for one in numbered if one[1].speaker == "tutor"]
    heard: list[tuple[str, Level, Said | None]] = [
        ("rapport", 3, signal_in("rapport", by_tutor[:3])),
        ("goal_set", *_goal(numbered)),
        ("diagnosis", 3, _probing(by_tutor)),
        ("next_step", 3, signal_in("next_step", by_tutor[-_CLOSING:])),
    ]
    for item, level, said in heard:
        if said:
            yield item, Judgement(item=item, level=level, quotes=[_quote(said)])


def _goal(numbered: list[Numbered]) -> tuple[Level, Said | None]:
    asked = signal_in("goal", [one for one in numbered if one[1].speaker == "tutor"])
    named = signal_in("goal", [one for one in numbered if one[1].speaker == "student"])
    return (3, asked) if asked else (2, named)


def _probing(by_tutor: list[Numbered]) -> Said | None:
    heard = [said for one in by_tutor if (said := signal_in("diagnosis", [one]))]
    return heard[0] if len(heard) >= _PROBING else None


def _unseen(item: str) -> Judgement:
    return Judgement(item=item, level=None, quotes=[])


def _quote(said: Said) -> Quote:
    turn, sentence = said
    return Quote(turn=turn, text=sentence[:LONGEST_QUOTE])
