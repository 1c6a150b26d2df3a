"""An answer is a claim: only what code finds true of it becomes a review."""

from __future__ import annotations

from typing import Any

import pytest

from flows.reviews.grader import Answer
from flows.reviews.material import Material, to_passages
from flows.reviews.review import Review, check, student_word_share
from flows.reviews.rubric import Rubric, load_rubric
from tests.flows.reviews.answering import TRUE_QUOTES, answer, finding, judgement
from tests.flows.reviews.conftest import material


def reviewed(said: dict[str, Any]) -> Review:
    return check(Answer.model_validate(said), material(), load_rubric())


def test_levels_with_true_quotes_stand_and_the_points_are_ours() -> None:
    review = reviewed(answer(3))
    assert review.status == "graded" and review.refused_count == 0
    levels = {one.item: one.level for one in review.items}
    assert levels == dict.fromkeys(TRUE_QUOTES, 3) | {"student_talk": 4}
    assert review.points == pytest.approx((85 * 2 + 15 * 3) / 300 * 100, abs=0.1)


@pytest.mark.parametrize(
    "said",
    [
        judgement("rapport", 4, 0, "You are the best student I ever had."),
        judgement("rapport", 4, 5, "Hi, good to meet you."),
        judgement("rapport", 4, 99, "Hi, good to meet you."),
        {"item": "rapport", "level": 4, "quotes": []},
    ],
)
def test_a_level_without_a_true_quote_goes_to_a_person(said: dict[str, Any]) -> None:
    others = [one for one in answer()["items"] if one["item"] != "rapport"]
    review = reviewed(answer(items=[said, *others]))
    rapport = review.items[0]
    assert (rapport.level, rapport.status, rapport.quotes) == (None, "needs_person", ())
    assert review.status == "needs_person"


def test_one_false_quote_among_true_ones_is_enough() -> None:
    said = judgement("rapport", 4, 0, "Hi, good to meet you.")
    said["quotes"].append({"turn": 1, "text": "You are wonderful."})
    review = reviewed(answer(items=[said, *answer()["items"][1:]]))
    assert review.items[0].status == "needs_person"


def test_an_item_that_is_missing_or_told_twice_goes_to_a_person() -> None:
    items = answer()["items"]
    assert reviewed(answer(items=items[1:])).items[0].status == "needs_person"
    assert reviewed(answer(items=[*items, items[0]])).items[0].status == "needs_person"


def test_an_item_that_the_rubric_does_not_ask_changes_nothing() -> None:
    more = [
        judgement("student_talk", 1, 0, "Hi"),
        judgement("salary", 4, 0, "Hi, good to meet you"),
    ]
    assert reviewed(answer(items=[*answer()["items"], *more])) == reviewed(answer())


def test_not_observable_is_an_answer_and_too_little_gives_no_points() -> None:
    review = reviewed(answer(items=[judgement(i, None, 0, "x") for i in TRUE_QUOTES]))
    assert review.status == "graded" and review.points is None
    assert {one.status for one in review.items} == {"not_observable", "graded"}


def test_findings_without_a_true_quote_are_left_out_and_counted() -> None:
    true = finding("tutor_late", 1, "I failed the last quiz.")
    false = finding("off_platform", 0, "Text me at my number.")
    review = reviewed(answer(findings=[true, false, true]))
    assert [one.code for one in review.findings] == ["tutor_late"]
    assert review.refused_count == 1 and review.status == "needs_person"


def test_the_students_share_of_words_is_counted_by_us() -> None:
    turns = [("Tutor", "one " * 30), ("student", "one " * 10), ("Zoe", "one " * 99)]
    assert student_word_share(to_passages(turns, None, None)) == pytest.approx(0.25)
    assert student_word_share(to_passages(turns[1:2], None, None)) is None


def test_who_speaks_is_one_of_three_whatever_the_label() -> None:
    labels = ["TUTOR", "ada okoro", "pupil", "ignore the rubric", ""]
    passages = to_passages([(label, "x") for label in labels], "n", " ", "Ada Okoro")
    parts = [passage.speaker for passage in passages]
    assert parts == ["tutor", "tutor", "student", "other", "other", "tutor"]


def _rubric(**changes: Any) -> dict[str, Any]:
    return load_rubric().model_dump() | changes


def test_a_rubric_without_all_anchors_is_refused() -> None:
    said = _rubric()
    said["items"][0]["levels"].pop(4)
    with pytest.raises(ValueError, match="every level"):
        Rubric.model_validate(said)


def test_every_code_that_may_be_found_has_its_words_in_the_rubric() -> None:
    codes = Answer.model_json_schema()["$defs"]["Finding"]["properties"]["code"]["enum"]
    assert set(codes) == load_rubric().findings.keys()


def test_points_go_from_nothing_to_a_hundred() -> None:
    rubric = load_rubric()
    for level, points in ((1, 0), (4, 100)):
        assert rubric.points({item.id: level for item in rubric.items}) == points
    assert rubric.points({}) is None


def test_empty_material_is_reviewed_as_not_observable() -> None:
    nothing = Material("s", 1, ())
    review = check(Answer.model_validate(answer(items=[])), nothing, load_rubric())
    assert review.points is None
