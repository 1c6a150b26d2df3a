"""`workbench reviews`: how they stand, and grading blind."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Workbench
from tests.flows.reviews.conftest import TURNS


def test_before_the_first_review_it_says_so(workbench: Workbench) -> None:
    said = workbench("reviews", "status").out
    assert "Grader rules@1" in said and "none yet" in said
    assert "rapport: not enough data (n 0)" in said
    assert workbench("reviews", "queue").out == "Nothing waits.\n"


@pytest.mark.usefixtures("reviewed")
def test_a_session_is_read_and_graded_without_seeing_what_the_grader_said(
    workbench: Workbench,
) -> None:
    assert json.loads(workbench("reviews", "status", "--json").out)["waiting_for_people"] == 1
    assert workbench("reviews", "queue").out == "s-1\tsample\n"
    words = workbench("reviews", "read", "s-1").out
    assert TURNS[0][1] in words and "level" not in words
    told = workbench("reviews", "grade", "s-1", "next_step=3", "clarity=2", "--by", "ann")
    assert "Kept" in told.out
    assert workbench("reviews", "queue").out == "Nothing waits.\n"
    standing = json.loads(workbench("reviews", "status", "--json").out)
    assert standing["agreement"]["next_step"]["n"] == 1
    assert standing["agreement"]["clarity"]["n"] == 0  # rules cannot hear it


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["grade", "s-1", "rapport=9", "--by", "ann"], "1 to 4"),
        (["grade", "s-1", "charm=2", "--by", "ann"], "each item"),
        (["grade", "s-1", "rapport", "--by", "ann"], "rapport=3"),
        (["grade", "s-2", "rapport=3", "--by", "ann"], "does not wait"),
        (["read", "s-2"], "does not wait"),
    ],
)
@pytest.mark.usefixtures("reviewed")
def test_what_is_not_possible_is_one_line_and_keeps_nothing(
    workbench: Workbench, arguments: list[str], said: str
) -> None:
    outcome = workbench("reviews", *arguments)
    assert outcome.code == 1 and outcome.is_one_line and said in outcome.err
    assert workbench("reviews", "queue").out == "s-1\tsample\n"
