"""First sessions, upcoming risk, help and platform: each headline answers, each rate has doubt."""

from __future__ import annotations

from pathlib import Path

import pytest

from notebooks import data, data_company, pages
from notebooks.components import Page
from notebooks.data import Reader
from tests.notebooks.conftest import COMPANY, PublishSet

VIEWS = ("first-sessions", "upcoming", "helped", "platform")


@pytest.fixture
def shown_set(shown_marts_dir: Path, publish_set: PublishSet) -> Reader:
    return Reader(data.open_marts(shown_marts_dir), publish_set(1, COMPANY).number)


def _page(reader: Reader, view: str, **query: str) -> Page:
    return pages.compose(reader, {"view": view, **query})


def _html(reader: Reader, view: str, **query: str) -> str:
    return str(_page(reader, view, **query).body)


def _changed(reader: Reader, publish_set: PublishSet, change: str) -> Reader:
    return Reader(reader.marts, publish_set(2, COMPANY + change).number)


@pytest.mark.parametrize("view", VIEWS)
def test_each_page_has_one_heading_a_freshness_line_and_its_place_in_the_menu(
    shown_set: Reader, view: str
) -> None:
    page = _page(shown_set, view)
    html = str(page.body)
    assert html.count("<h1") == 1
    assert page.title in html
    assert "data through 22 Nov 2026" in html
    assert page.section in {"First sessions", "Upcoming", "Did it help", "Platform"}


@pytest.mark.parametrize("view", VIEWS)
def test_names_and_codes_cannot_become_html(shown_set: Reader, view: str) -> None:
    html = _html(shown_set, view)
    assert "<script" not in html
    assert "<b>Latin" not in html
    assert "<tutor>" not in html


@pytest.mark.parametrize("view", VIEWS)
def test_unknown_choices_count_as_none(shown_set: Reader, view: str) -> None:
    odd = _html(shown_set, view, days="7", kind="fire", hours="-1", show="'", page="x")
    assert odd == _html(shown_set, view)


def test_first_sessions_names_what_stands_out(shown_set: Reader) -> None:
    title = _page(shown_set, "first-sessions").title
    assert title == "9.1 % of first sessions were poor; mornings stand out"


def test_first_sessions_says_when_nothing_stands_out(
    shown_set: Reader, publish_set: PublishSet
) -> None:
    calm = "update rpt_first_session_patterns set poor_against_platform = 'alike';"
    reader = _changed(shown_set, publish_set, calm)
    assert _page(reader, "first-sessions").title.endswith(
        "poor; no subject, time of day or grade stands out"
    )
    assert "None of 2 tutors stands out." in _html(reader, "first-sessions")


def test_many_groups_that_stand_out_are_counted(shown_set: Reader, publish_set: PublishSet) -> None:
    loud = """
        update rpt_first_session_patterns set poor_against_platform = 'above'
        where kind <> 'platform' and state = 'enough';
    """
    title = _page(_changed(shown_set, publish_set, loud), "first-sessions").title
    assert title.endswith("mornings, Algebra and 4 more groups stand out")


def test_a_rate_has_interval_n_and_a_drawing_that_is_not_read_out(shown_set: Reader) -> None:
    html = _html(shown_set, "first-sessions")
    assert '<b>15.8 %</b> <span class="meta">12.3\u201320.1 · n 240</span>' in html
    assert '<svg class="ibar" aria-hidden="true">' in html
    assert "7.8\u201310.6 · n 1,204" in html


def test_a_group_with_few_sessions_has_words_and_neither_number_nor_colour(
    shown_set: Reader,
) -> None:
    row = _html(shown_set, "first-sessions").split("&lt;b&gt;Latin")[1].split("</tr>")[0]
    assert "Not enough data · n 4" in row
    assert "ibar" not in row
    assert 'class="tag' not in row


def test_too_few_first_sessions_at_all_is_the_headline(
    shown_set: Reader, publish_set: PublishSet
) -> None:
    few = """
        update rpt_first_session_patterns
        set poor_rate = null, poor_against_platform = null, judged_count = 4;
    """
    page = _page(_changed(shown_set, publish_set, few), "first-sessions")
    assert page.title == "Too few first sessions to say: 4 judged"
    nothing = "delete from rpt_first_session_patterns"
    assert "No first session yet" in _html(
        Reader(shown_set.marts, publish_set(3, nothing).number), "first-sessions"
    )


def test_hours_and_grades_keep_their_order_and_subjects_go_by_rate(shown_set: Reader) -> None:
    def names(kind: str) -> list[str]:
        rows = data_company.first_session_groups(shown_set, kind, 90)
        return [row["group_value"] for row in rows]

    assert names("local_hours") == ["before 8", "8 to 12"]
    assert names("grade_level") == ["Grade 9", "Grade 10", "not told"]
    assert names("subject") == ["Algebra", "<b>Latin"]


def test_only_tutors_above_the_platform_are_listed_and_lead_to_their_page(
    shown_set: Reader,
) -> None:
    html = _html(shown_set, "first-sessions")
    tutors = html.split("<h2>Tutors</h2>")[1].split("<h2>")[0]
    assert '<a href="/dashboard/?tutor=T-1">Rivera' in tutors
    assert "T-4" not in tutors
    assert "1 of 2 tutors lie above the platform" in tutors
    assert "1 tutor had too few to say" in tutors


def test_poor_first_sessions_are_paged_and_lead_to_their_page(shown_set: Reader) -> None:
    html = _html(shown_set, "first-sessions", page="2")
    assert "17 poor first sessions, newest first" in html
    assert html.count("?session=S-") == 2
    first = _html(shown_set, "first-sessions")
    assert "The tutor did not come" in first
    assert "19 Nov 2026, 17:30 EST" in first


def test_upcoming_says_how_many_stand_out_and_of_what_kind(shown_set: Reader) -> None:
    assert _page(shown_set, "upcoming").title == (
        "24 sessions in the next 24 hours stand out: well above the usual chance of being moved"
    )
    html = _html(shown_set, "upcoming")
    assert "60 %<small>usual 12.3 %</small>" in html
    assert "With 2 tutors; most with <a" in html
    assert "Rivera, Tomás</a> 16, <a" in html
    assert "3.7 with this tutor" in html
    assert "Formula 2, as of 22 Nov 2026, 10:00 CST" in html


def test_upcoming_without_a_risk_or_a_session_says_so(shown_set: Reader) -> None:
    calm = _page(shown_set, "upcoming", kind="no_show", hours="48")
    assert calm.title == "Nothing stands out in the next 48 hours. 48 sessions checked."
    none = _page(shown_set, "upcoming", kind="poor_first_session").title
    assert none == "No first session is booked in the next 24 hours"


def test_upcoming_is_grouped_by_day_and_paged_with_its_choices_kept(shown_set: Reader) -> None:
    html = _html(shown_set, "upcoming", hours="48")
    assert html.index("Sun 22 Nov 2026") < html.index("Mon 23 Nov 2026")
    assert "15 more with a lower chance" in html
    after = "/dashboard/?view=upcoming&amp;kind=reschedule&amp;hours=48&amp;page=2"
    assert f'href="{after}"' in html
    assert _html(shown_set, "upcoming", hours="48", page="2").count("<article") == 15
    assert "None on this page" in _html(shown_set, "upcoming", hours="48", page="9")


def test_help_counts_only_clear_effects(shown_set: Reader) -> None:
    page = _page(shown_set, "helped")
    assert page.title == "1 of 3 measured actions helped; 1 too early to say"
    html = str(page.body)
    assert "fewer reschedules than similar tutors: \u22120.4 of what is expected" in html
    assert "(\u22120.7 to \u22120.1), against 5 similar tutors" in html
    assert "more absences and late starts than similar tutors" in html
    assert html.count("No clear effect") == 1


def test_help_tells_in_words_why_an_effect_is_not_known(shown_set: Reader) -> None:
    html = _html(shown_set, "helped")
    assert "too early: 28 days are not over" in html
    assert "too few sessions before or after" in html
    assert "fewer than three similar tutors to compare with" in html
    later = _page(shown_set, "helped", days="56")
    assert later.title == "Too early to say whether it helped: 6 actions under way"
    assert "too early: 56 days are not over" in later.body


def test_help_without_any_action_says_what_would_be_shown(
    shown_set: Reader, publish_set: PublishSet
) -> None:
    gone = "delete from fct_interventions;"
    page = _page(_changed(shown_set, publish_set, gone), "helped")
    assert page.title == "5 actions so far, to be told from the next night on"
    gone += "delete from fct_flag_actions;"
    page = _page(Reader(shown_set.marts, publish_set(3, COMPANY + gone).number), "helped")
    assert page.title == "Nobody has acted on a flag yet"
    assert "four and eight weeks later" in page.body


def test_platform_calls_a_change_only_what_the_interval_bears(shown_set: Reader) -> None:
    page = _page(shown_set, "platform")
    assert page.title == "Last week tutors moved more of their sessions, against the week before"
    html = str(page.body)
    assert "+1.8 points (+1.2 to +2.4); 11.3 % the week before" in html
    assert html.count("No clear change") == 1
    assert html.count("Nothing to compare") == 1


def test_platform_without_a_clear_change_says_so(
    shown_set: Reader, publish_set: PublishSet
) -> None:
    calm = "update rpt_platform_periods set tutor_reschedule_rate_direction = 'unclear';"
    reader = _changed(shown_set, publish_set, calm)
    title = _page(reader, "platform").title
    assert title == "Last week was like the week before, as far as can be told"
    empty = "update rpt_platform_periods set session_count = 0;"
    reader = Reader(shown_set.marts, publish_set(3, COMPANY + empty).number)
    assert _page(reader, "platform").title == "No session in the last seven days"


def test_platform_has_a_table_for_its_chart_and_lists_what_was_left_out(shown_set: Reader) -> None:
    html = _html(shown_set, "platform", show="poor_first_session")
    assert "Poor first sessions, by day" in html
    assert html.split('<details id="twin">')[1].count("Not enough data · n 0") == 2
    assert "Thu 12 Nov 2026, 14:00\u201316:30 CST" in html
    assert "496 of 607" in html
    assert "No session in them counts for or against a tutor" in html


def test_platform_tells_who_left_and_how_soon_we_told(shown_set: Reader) -> None:
    html = _html(shown_set, "platform")
    assert '<b>3.9 %</b> <span class="meta">2.4\u20136.1 · n 310</span>' in html
    assert "Not enough data · n 4" in html
    assert "51 in time, 9 later" in html
