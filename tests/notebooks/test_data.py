from __future__ import annotations

from pathlib import Path

from notebooks import data
from notebooks.data import Reader
from tests.notebooks.conftest import PublishSet


def test_one_connection_serves_all_viewers(shown_marts_dir: Path) -> None:
    assert data.open_marts(shown_marts_dir) is data.open_marts(shown_marts_dir)


def test_a_query_is_run_once_per_published_set(shown_set: Reader) -> None:
    again = Reader(shown_set.marts, shown_set.number)
    assert data.needs_attention(shown_set) is data.needs_attention(again)


def test_a_newer_set_answers_with_its_own_rows(shown_set: Reader, publish_set: PublishSet) -> None:
    assert len(data.needs_attention(shown_set)) == 2
    newer = publish_set(2, "delete from rpt_needs_attention where tutor_id = 'T-4'")
    assert len(data.needs_attention(Reader(shown_set.marts, newer.number))) == 1


def test_yesterday_is_the_business_day_before_the_as_of_day(shown_set: Reader) -> None:
    day = data.yesterday(shown_set)
    assert day is not None
    assert day["session_date"].isoformat() == "2026-11-21"


def test_tutors_are_found_without_accents_and_case(shown_set: Reader) -> None:
    found = data.tutors(shown_set, "tomas", "", "name", 1)
    assert [row["tutor_id"] for row in found.rows] == ["T-1"]


def test_a_percent_sign_in_a_search_is_no_wildcard(shown_set: Reader) -> None:
    assert data.tutors(shown_set, "%", "", "name", 1).total == 0


def test_tutors_are_counted_by_state(shown_set: Reader) -> None:
    found = data.tutors(shown_set, "", "flagged", "score", 1)
    assert [row["tutor_id"] for row in found.rows] == ["T-1", "T-4"]
    assert found.by_state["new_tutor"] == found.by_state["not_enough_recent_data"] == 1
    assert (found.by_state[""], found.by_state["scored"], found.total) == (5, 3, 2)


def test_recent_and_upcoming_sessions_are_apart(shown_set: Reader) -> None:
    upcoming = data.upcoming_sessions(shown_set, "T-1")
    recent = data.recent_sessions(shown_set, "T-1", 1)
    assert [row["session_id"] for row in upcoming] == ["S-1", "S-0"]
    assert (recent.total, len(recent.rows), recent.rows[0]["session_id"]) == (58, 25, "S-2")
    assert len(data.recent_sessions(shown_set, "T-1", 3).rows) == 8


def test_an_unknown_id_gives_no_row(shown_set: Reader) -> None:
    assert data.tutor(shown_set, "nobody") is None
    assert data.session(shown_set, "' or 1=1 --") is None
