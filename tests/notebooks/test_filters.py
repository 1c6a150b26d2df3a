"""Lists are about the tutors that the address selects, and never about others than one may see."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.selection import Selection
from notebooks import data, filters
from notebooks.data import Reader
from notebooks.viewer import Viewer
from tests.notebooks.conftest import COMPANY, PublishSet, page_html

MARIA, OMAR = "maria@company.example", "omar@company.example"
HERS = Viewer("dana", "Dana", "coach", may_act=True, teams=(MARIA,))


def _of(viewer: Viewer, reader: Reader) -> Reader:
    return replace(reader, selection=viewer.selection)


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ({"view": "tutors", "team": OMAR}, "Okafor, Ben", "Rivera, Tomás"),
        ({"view": "tutors", "subject": "Algebra"}, "Rivera, Tomás", "Okafor, Ben"),
        ({"view": "tutors", "tenure": "new"}, "Ito, Ren", "Rivera, Tomás"),
        ({"team": OMAR}, "Okafor, Ben", "Rivera, Tomás"),
        ({"view": "tutors", "zone": "Europe/Rome"}, "No tutor here", "Rivera, Tomás"),
    ],
)
def test_a_list_is_about_the_tutors_that_the_address_selects(
    shown_set: Reader, query: dict[str, str], shown: str, hidden: str
) -> None:
    html = page_html(shown_set, **query)
    assert shown in html
    assert hidden not in html


def test_among_some_tutors_as_many_are_listed_as_a_coach_can_act_on(shown_set: Reader) -> None:
    html = page_html(shown_set, team=OMAR)
    assert "One tutor needs you today" in html
    assert "1 tutor checked" in html and "1 new tutor" in html
    assert "Yesterday on the whole platform" in html


def test_what_is_counted_of_some_tutors_is_for_all_what_the_mart_says(shown_set: Reader) -> None:
    fresh = data.freshness(shown_set)
    all_of_them = filters.narrow(shown_set, {"zone": "America/New_York"})
    assert data.checked(shown_set) == fresh
    counted = data.checked(all_of_them)
    assert counted["expected_false_alarms"] == pytest.approx(fresh["expected_false_alarms"])
    for name in ("scored_tutor_count", "not_enough_data_count", "new_tutor_count"):
        assert counted[name] == fresh[name]
    listed = [case for case in data.needs_attention(all_of_them) if case["is_in_capacity"]]
    assert [case["tutor_id"] for case in listed] == ["T-1"]


def test_the_choices_are_those_of_the_persons_own_tutors(shown_set: Reader) -> None:
    bar = filters.bar(shown_set, {}, {})
    assert f'<option value="{OMAR}">' in bar and "&lt;b&gt;Art" in bar
    own = filters.bar(_of(HERS, shown_set), {"subject": "Algebra"}, {"view": "tutors"})
    assert OMAR not in own and "Biology" not in own
    assert '<option value="Algebra" selected>' in own
    assert '<input type="hidden" name="view" value="tutors">' in own


@pytest.mark.parametrize("query", [{"tutor": "T-4"}, {"tutor": "T-4", "brief": "1"}])
def test_a_tutor_of_another_team_is_not_known(shown_set: Reader, query: dict[str, str]) -> None:
    reader = _of(HERS, shown_set)
    assert "This tutor is not known here" in page_html(reader, HERS, **query)
    assert "Okafor" not in page_html(reader, HERS, view="tutors", team=OMAR)
    assert "Okafor" not in page_html(reader, HERS)


def test_a_session_of_another_team_is_not_known(shown_set: Reader) -> None:
    reader = replace(shown_set, selection=Selection(teams=(OMAR,)))
    assert "This session is not known here" in page_html(reader, session="S-2")


@pytest.mark.parametrize("view", ["first-sessions", "platform"])
def test_who_sees_some_tutors_is_told_which_rates_are_of_all(
    shown_marts_dir: Path, publish_set: PublishSet, view: str
) -> None:
    whole = Reader(data.open_marts(shown_marts_dir), publish_set(1, COMPANY).number)
    assert "of the whole platform; tutors listed are yours" not in page_html(whole, view=view)
    own = page_html(_of(HERS, whole), HERS, view=view)
    assert "of the whole platform; tutors listed are yours" in own


def test_what_helped_is_counted_of_the_persons_own_tutors(
    shown_marts_dir: Path, publish_set: PublishSet
) -> None:
    whole = Reader(data.open_marts(shown_marts_dir), publish_set(1, COMPANY).number)
    assert "1 of 3 measured actions helped" in page_html(whole, view="helped")
    own = page_html(_of(HERS, whole), HERS, view="helped")
    assert "1 of 2 measured actions helped" in own
    assert "Okafor" not in own
