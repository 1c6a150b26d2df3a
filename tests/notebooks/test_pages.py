from __future__ import annotations

from html.parser import HTMLParser

import pytest

from notebooks import pages
from notebooks.data import Reader
from tests.notebooks.conftest import PublishSet


class _Outline(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href" and value]


def _html(reader: Reader, **query: str) -> str:
    page = pages.compose(reader, query)
    return str(page.body)


def test_today_says_who_why_and_how_sure(shown_set: Reader) -> None:
    html = _html(shown_set)
    assert "One tutor needs you today" in html
    assert "35\u201347 · n&nbsp;38" in html
    assert "<b>\u221228</b><span>moved 9 of 38 sessions</span>" in html
    assert "High · reschedules" in html
    assert "Clears after about 8 sessions. Down 5.2 points in 30 days." in html
    assert "Open 2 days" in html


def test_today_keeps_the_rest_below_the_line(shown_set: Reader) -> None:
    before, below = _html(shown_set).split('<details id="below">')
    assert "Okafor" not in before
    assert "1 more below the line" in below
    assert "Okafor" in below


def test_today_tells_doubt_and_who_cannot_be_judged(shown_set: Reader) -> None:
    html = _html(shown_set)
    assert "fewer than one of these 1 is likely a false alarm · 3 tutors checked" in html
    assert "1 with too few sessions to say · 1 new tutor" in html


def test_today_shows_yesterday_with_intervals_and_n(shown_set: Reader) -> None:
    html = _html(shown_set)
    assert "2,981 of about 3,000 expected sessions yesterday" in html
    assert "9.9\u201311.7 · n 2,981" in html
    assert 'poor first sessions <span class="meta">n 0</span>' in html


def test_a_day_without_flags_is_told_in_words(shown_set: Reader, publish_set: PublishSet) -> None:
    calm = publish_set(2, "delete from rpt_needs_attention; delete from rpt_platform_days")
    html = _html(Reader(shown_set.marts, calm.number))
    assert "Nobody needs attention. 3 tutors checked." in html
    assert "false alarm" not in html


def test_tutor_page_has_a_receipt_that_sums(shown_set: Reader) -> None:
    html = _html(shown_set, tutor="T-1")
    for figure in ("70.0", "\u221228.0", "\u22121.0", "41.0", "35.2\u201347.1"):
        assert f">{figure}<" in html or f" {figure}<" in html
    assert "2 sessions that the student caused to fail" in html


def test_tutor_page_tells_reviews_apart_from_the_score(shown_set: Reader) -> None:
    html = _html(shown_set, tutor="T-1")
    assert "7 reviews in 90 days by rules@1: 49 of 100 points (90 % interval 39\u201358)" in html
    assert "all tutors 64 (n 1,204)." in html
    assert "1 review in 90 days by openai:m: too few for an average." in html
    assert "What reviews say" not in _html(shown_set, tutor="T-2")


def test_tutor_page_has_a_table_for_its_chart(shown_set: Reader) -> None:
    html = _html(shown_set, tutor="T-1")
    assert "50 on Fri 13 Nov 2026, 41 now, with 90 % certainty between 35 and 47" in html
    assert '<details id="twin">' in html


@pytest.mark.parametrize(("tutor_id", "words"), [("T-3", "New tutor"), ("T-5", "Too few sessions")])
def test_a_tutor_without_a_score_gets_words_and_no_number(
    shown_set: Reader, tutor_id: str, words: str
) -> None:
    html = _html(shown_set, tutor=tutor_id)
    assert words in html
    assert "No score is shown" in html
    assert "receipt" not in html
    assert 'class="tag high"' not in html


def test_sessions_are_paged_and_lead_to_their_pages(shown_set: Reader) -> None:
    links = _Outline(_html(shown_set, tutor="T-1", page="2")).links
    assert "/dashboard/?session=S-27" in links
    assert "/dashboard/?tutor=T-1&page=3" in links


def test_session_page_shows_times_in_the_zone_of_the_session(shown_set: Reader) -> None:
    html = _html(shown_set, session="S-2")
    assert "Sat 21 Nov 2026, 17:30\u201318:30 EST" in html
    assert "joined 17:41:00, left 18:30:00" in html
    assert "first session with this student" in html
    assert "2 of 5" in html


def test_session_page_draws_what_it_also_says(shown_set: Reader) -> None:
    html = _html(shown_set, session="S-2")
    assert 'role="img" aria-label="Slot Sat 21 Nov 2026' in html
    assert "student joined 17:30:00, left \u2013." in html


def test_a_session_still_to_come_has_no_timeline(shown_set: Reader) -> None:
    assert "timeline" not in _html(shown_set, session="S-0")


@pytest.mark.parametrize("query", [{"tutor": "T-9"}, {"session": "S-999"}, {"session": ""}])
def test_an_unknown_id_gets_a_notice_without_the_id(
    shown_set: Reader, query: dict[str, str]
) -> None:
    html = _html(shown_set, **query)
    assert "is not known here" in html
    assert "999" not in html


@pytest.mark.parametrize(
    "query", [{"view": "tutors"}, {"tutor": "T-2"}, {"view": "tutors", "q": '"><img src=x>'}]
)
def test_names_and_searches_cannot_become_html(shown_set: Reader, query: dict[str, str]) -> None:
    tags = _Outline(_html(shown_set, **query)).tags
    assert "script" not in tags
    assert "img" not in tags


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"view": "tutors"},
        {"tutor": "T-1"},
        {"tutor": "T-5"},
        {"session": "S-2"},
        {"tutor": "?"},
    ],
)
def test_every_page_has_one_main_heading(shown_set: Reader, query: dict[str, str]) -> None:
    assert _Outline(_html(shown_set, **query)).tags.count("h1") == 1


@pytest.mark.parametrize("asked", ["0", "-3", "x", "99999999999", ""])
def test_an_odd_page_number_means_the_first_page(asked: str) -> None:
    assert pages.page_number({"page": asked}) == 1
