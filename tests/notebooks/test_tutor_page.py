"""A tutor's page: each part opens its sessions, what was done is marked, peers have no names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notebooks import components, data, files
from notebooks.data import Reader
from notebooks.viewer import Viewer
from tests.notebooks.conftest import PublishSet, page_html


def test_the_chart_marks_what_was_done_and_when_the_formula_changed(shown_set: Reader) -> None:
    html = page_html(shown_set, tutor="T-1")
    for words in ("seen, 14 Nov", "phone call, 18 Nov", "formula 2, 15 Nov"):
        assert f"<b>{words}</b></span>" in html
        assert f"<td>{words}</td>" in html
    assert "Marked: 3 days, listed in the table." in html


def test_what_was_done_about_others_or_did_not_intervene_is_not_marked(shown_set: Reader) -> None:
    html = page_html(shown_set, tutor="T-1")
    assert "19 Nov, " not in html
    assert "training" not in html


def test_a_part_opens_its_sessions(shown_set: Reader) -> None:
    html = page_html(shown_set, tutor="T-1")
    assert 'href="/dashboard/?tutor=T-1&amp;part=reliability"' in html
    html = page_html(shown_set, tutor="T-1", part="reliability")
    assert "Moved by the tutor: Rivera, Tomás" in html
    assert "\u221228.0 points · moved 9 of 38 sessions · 32 sessions behind it" in html
    first = html.split("<tbody>")[1].split("</tr>")[0]
    assert 'href="/dashboard/?session=S-2"' in first
    assert "counts against the tutor" in first
    assert "<td>8\u00a0%</td><td>75\u00a0%</td>" in first


def test_a_rating_stands_beside_the_rating_of_a_typical_tutor(shown_set: Reader) -> None:
    html = page_html(shown_set, tutor="T-1", part="quality")
    assert '<span class="meta">rated 2 of 5</span></td><td>4.2</td><td>100\u00a0%</td>' in html


def test_sessions_behind_a_part_are_paged(shown_set: Reader) -> None:
    first = page_html(shown_set, tutor="T-1", part="reliability")
    assert "/dashboard/?tutor=T-1&amp;part=reliability&amp;page=2" in first
    second = page_html(shown_set, tutor="T-1", part="reliability", page="2")
    assert (first.count("?session="), second.count("?session=")) == (25, 7)


def test_a_part_without_sessions_says_so_and_is_no_link(
    shown_set: Reader, publish_set: PublishSet
) -> None:
    none = publish_set(2, "delete from fct_score_evidence where component = 'quality'")
    reader = Reader(shown_set.marts, none.number)
    html = page_html(reader, tutor="T-1")
    assert "part=quality" not in html
    assert "rated 4.1 on average · no session behind it yet" in html
    assert "No session stands behind this part yet." in page_html(
        reader, tutor="T-1", part="quality"
    )


def test_an_unknown_part_gets_a_notice_that_does_not_repeat_it(shown_set: Reader) -> None:
    html = page_html(shown_set, tutor="T-1", part="<b>x")
    assert "is not known here" in html
    assert "<b>x" not in html
    assert "&lt;b&gt;x" not in html


def test_a_session_ahead_shows_its_risk_with_sign_and_word_where_it_stands_out(
    shown_set: Reader,
) -> None:
    ahead = page_html(shown_set, tutor="T-1").split("<h2>Coming up</h2>")[1].split("<h2>")[0]
    assert "Sun 22 Nov, 17:30 EST" in ahead
    assert '<span aria-hidden="true">▲</span>&nbsp;High</span> 37\u00a0%' in ahead
    assert "14.8 % of all such sessions, \u00d7 2.5 with this tutor&#39;s past" in ahead
    assert "37\u00a0% that the tutor moves it" in ahead
    assert "misses" not in ahead
    assert "not told yet" in ahead


def test_peers_are_dots_without_names_and_this_tutor_is_told_in_words(shown_set: Reader) -> None:
    peers = page_html(shown_set, tutor="T-1").split("<h2>Among 63 similar tutors</h2>")[1]
    peers = peers.split("</aside>")[0]
    assert "Lower than nine in ten. Compared with tutors who teach Algebra and have been" in peers
    assert peers.count('class="dot') == 3
    assert peers.count('class="dot own"') == 1
    assert "Okafor" not in peers
    assert "T-4" not in peers
    for row in ("A tenth score above</th><td>70", "41 · 35\u201347 · n 38"):
        assert row in peers


@pytest.mark.parametrize(
    ("tutor_id", "words"),
    [("T-5", "Too few peers to compare: 3 similar tutors"), ("T-3", "0 similar tutors")],
)
def test_too_few_peers_are_told_in_words(shown_set: Reader, tutor_id: str, words: str) -> None:
    html = page_html(shown_set, tutor=tutor_id)
    assert words in html
    assert "dot" not in html.split("Among similar tutors")[1].split("</aside>")[0]


def test_first_sessions_show_rates_with_n_or_that_it_is_too_few_to_say(shown_set: Reader) -> None:
    html = page_html(shown_set, tutor="T-1")
    assert "Poor: 31.2 % (90 % interval 14.0\u201352.0, n 8); all tutors 20.0 %." in html
    assert "Came again to this tutor: too few to say (n 7)." in html
    assert "9 first sessions in 90 days." in html


def test_first_sessions_tell_whether_the_student_came_again(shown_set: Reader) -> None:
    html = page_html(shown_set, tutor="T-1").split("<h2>First sessions</h2>")[1]
    told = ("not yet", "yes, after 7 days", "to another tutor", "no")
    places = [html.index(f"<td>{words}</td>") for words in told]
    assert places == sorted(places)


def test_a_tutor_without_first_sessions_is_told_in_words(shown_set: Reader) -> None:
    assert '<h2>First sessions</h2><p class="meta">None so far.</p>' in page_html(
        shown_set, tutor="T-4"
    )


@pytest.mark.parametrize("query", [{"part": "quality"}, {"brief": "1"}])
def test_names_cannot_become_html_on_the_pages_behind_a_tutor(
    shown_set: Reader, query: dict[str, str]
) -> None:
    html = page_html(shown_set, tutor="T-2", **query)
    assert "<script>" not in html
    assert html.count("<h1") == 1


def test_the_brief_is_about_one_tutor_with_reasons_sessions_and_room(shown_set: Reader) -> None:
    html = page_html(shown_set, tutor="T-1", brief="1")
    assert "<b>41 of 100</b>, with 90 % certainty between 35 and 47, from 38 sessions" in html
    assert "Moved by the tutor, \u221228.0 points.</b> Moved 9 of 38 sessions" in html
    assert "21 Nov 2026, 17:30 EST: Started 11 min late, rated 2 of 5" in html
    assert "Clears after about 8 sessions." in html
    assert "37\u00a0% chance that the tutor moves it" in html
    assert html.count('class="room"') == 2
    for other in ("Okafor", "script", "Chen", "Ito", "T-4"):
        assert other not in html


def test_the_brief_of_a_tutor_without_a_score_has_words_and_no_number(shown_set: Reader) -> None:
    html = page_html(shown_set, tutor="T-3", brief="1")
    assert "New tutor: 3 sessions so far. There is no score yet." in html
    assert "What costs points" not in html


@pytest.mark.parametrize(
    "query", [{}, {"view": "tutors"}, {"tutor": "T-4"}, {"tutor": "T-1", "brief": "1"}]
)
def test_a_tutor_sees_their_own_page_whatever_the_address_asks_for(
    shown_set: Reader, query: dict[str, str]
) -> None:
    tomas = Viewer("tomas", "Tomás", "tutor", tutor_id="T-1")
    html = page_html(replace(shown_set, selection=tomas.selection), tomas, **query)
    assert "Rivera, Tomás" in html and "your own page" in html
    assert "Okafor" not in html and "Print a brief" not in html
    assert "<h2>What was done" not in html and 'class="do"' not in html


def test_what_a_tutor_sees_has_no_menu_and_no_files(shown_set: Reader) -> None:
    tomas = Viewer("tomas", "Tomás", "tutor", tutor_id="T-1")
    header = components.header("Tutors", tomas, False)
    assert "Pages" not in header and "Log out" in header
    published = shown_set.marts.published()
    fresh = data.freshness(shown_set)
    assert "/operations" not in components.footer(fresh, published, tomas, False)
    offered = files.offer(files.File("Sessions", "fct_sessions"))
    assert "/v1/export" not in files.bar(offered, {}, fresh, published, tomas, False)
