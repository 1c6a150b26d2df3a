"""The benchmark of reviews counts what is planted, what is found, and what was a trap."""

from __future__ import annotations

from bench.reviews import Case, Found, by_rules, held_out, judge
from flows.reviews.material import Material, to_passages
from flows.reviews.review import Review
from synthetic.phrases import load_phrases

SAID = "My tutor was late. The sound kept cutting out."
MATERIAL = Material("s1", 1, to_passages(None, None, SAID))
LATE: Found = ("s1", "student_feedback", "tutor_late", None)
EARLY: Found = ("s1", "student_feedback", "ended_early", None)
SOUND: Found = ("s1", "student_feedback", "tech_issue", None)


def _case(planted: set[Found], traps: set[Found]) -> Case:
    return Case(MATERIAL, frozenset(planted), frozenset(traps))


def test_what_is_found_missed_and_fallen_into_is_counted() -> None:
    figures = judge([_case({LATE, EARLY}, {SOUND})], by_rules)
    assert (figures.planted, figures.found, figures.true) == (2, 2, 1)
    assert (figures.traps, figures.trapped) == (1, 1)
    assert (figures.quotes, figures.true_quotes) == (2, 2)


def test_a_quote_that_is_not_there_is_counted_as_such() -> None:
    def lies(material: Material) -> Review:
        review = by_rules(material)
        return review.model_copy(update={"refused_count": 3})

    figures = judge([_case({LATE, SOUND}, set())], lies)
    assert (figures.quotes, figures.true_quotes) == (5, 2)


def test_about_a_third_of_the_paraphrases_is_held_out() -> None:
    texts = [text for known in load_phrases().findings.values() for text in known]
    assert 0.25 < sum(map(held_out, texts)) / len(texts) < 0.40
