"""A session's page: its review without a word of anybody, and what was told of it."""

from __future__ import annotations

import pytest

from notebooks.data import Reader
from notebooks.viewer import NOBODY, Viewer
from tests.notebooks.conftest import PublishSet, page_html

DANA = Viewer("dana", "Dana", "coach", may_act=True)
ANNA = Viewer("anna", "Anna", "analyst")


def test_a_review_shows_levels_points_grader_and_rubric(shown_set: Reader) -> None:
    html = page_html(shown_set, session="S-2")
    assert "49 of 100 points by rules@1, rubric first_session@1, version 2 of the session" in html
    assert '<th scope="row">Goal set</th><td>2 of 4</td>' in html
    assert '<th scope="row">Student talk</th><td>not observable</td>' in html
    assert "Found: gave answers (transcript)." in html
    assert "A person has to look: " in html


@pytest.mark.parametrize(
    ("viewer", "may_read"),
    [(DANA, True), (ANNA, False), (NOBODY, False)],
)
def test_only_admins_and_coaches_are_led_to_the_words(
    shown_set: Reader, viewer: Viewer, may_read: bool
) -> None:
    html = page_html(shown_set, viewer, session="S-2")
    assert ('href="/reviews/S-2"' in html) is may_read


def test_a_session_without_a_review_shows_none(shown_set: Reader) -> None:
    assert "What the review says" not in page_html(shown_set, DANA, session="S-3")


def test_each_version_that_was_told_stands_with_its_letter(shown_set: Reader) -> None:
    told = page_html(shown_set, session="S-2").split("<h2>What was told of it</h2>")[1]
    newest, oldest = told.split("<tbody>")[1].split("</tr>")[:2]
    assert "Version 2" in newest
    assert "written, not known to be sent" in newest
    assert "Held as planned" in oldest
    assert "first one sent 21 Nov 2026, 20:35 EST" in oldest


def test_a_session_of_which_nothing_was_written_shows_its_version(shown_set: Reader) -> None:
    told = page_html(shown_set, session="S-3").split("<h2>What was told of it</h2>")[1]
    assert told.count('<th scope="row">Version') == 1
    assert "none written" in told


def test_a_review_without_points_says_so(shown_set: Reader, publish_set: PublishSet) -> None:
    change = "update fct_session_reviews set points = null, items = [], status = 'pending'"
    reader = Reader(shown_set.marts, publish_set(2, change).number)
    html = page_html(reader, session="S-2")
    assert "No points by rules@1" in html
    assert "The model is still to speak." in html
