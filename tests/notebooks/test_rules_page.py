"""What scores and flags go by is told to everybody, as the set has it."""

from __future__ import annotations

from notebooks.data import Reader
from tests.notebooks.conftest import COMPANY, PublishSet, page_html


def test_what_scores_and_flags_go_by_is_told_once_per_kind(
    shown_set: Reader, publish_set: PublishSet
) -> None:
    reader = Reader(shown_set.marts, publish_set(2, COMPANY).number)
    html = page_html(reader, view="rules")
    assert html.count("Reschedules") == 1
    assert "35 % of the score" in html and "not in the score" in html
    assert "At 1.2 times what is expected" in html and "under 70 %" in html
    assert "Today lists 1 case at most above the line" in html


def test_before_the_first_full_build_there_are_no_rules_to_tell(
    shown_set: Reader, publish_set: PublishSet
) -> None:
    change = COMPANY + "delete from fct_what_if_evidence;"
    reader = Reader(shown_set.marts, publish_set(2, change).number)
    assert "Told after the first night" in page_html(reader, view="rules")
