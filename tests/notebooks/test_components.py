from __future__ import annotations

from dataclasses import replace

from core.marts import Published
from notebooks import components, data
from notebooks.data import Reader
from notebooks.viewer import NOBODY, Viewer


def test_tags_never_rely_on_colour_alone() -> None:
    html = components.tag("high", "quality")
    assert "▲" in html
    assert "High · ratings" in html
    assert components.tag(None) == ""


def test_freshness_carries_every_state_and_its_limits(shown_set: Reader) -> None:
    html = components.freshness_line(data.freshness(shown_set))
    assert all(word in html for word in ("Up to date", "Late", "Stale"))
    assert 'datetime="2026-11-22T15:59:00+00:00" data-late-after="3600"' in html
    assert "22 Nov 2026, 09:59 CST" in html


def test_freshness_without_any_session_is_told_in_words(shown_set: Reader) -> None:
    fresh = data.freshness(shown_set) | {"data_through": None}
    assert "No session has arrived yet" in components.freshness_line(fresh)


def test_header_marks_the_page_and_escapes_the_user() -> None:
    html = components.header("Tutors", Viewer(display_name="<b>Dana", role="coach"), True)
    assert '<a href="/dashboard/?view=tutors" aria-current="page">Tutors</a>' in html
    assert "&lt;b&gt;Dana · coach" in html
    assert 'method="post" action="/logout"' in html
    assert "DEMO" in html


def test_menu_leads_to_every_page_and_to_reviews_only_who_may_grade() -> None:
    html = components.header("Platform", Viewer(display_name="Dana", may_act=True), False)
    for view in ("tutors", "first-sessions", "upcoming", "helped", "platform"):
        assert f'href="/dashboard/?view={view}"' in html
    assert html.count("aria-current") == 1
    assert '<a href="/operations">Operations</a><a href="/reviews">Reviews</a>' in html
    analyst = components.header("Platform", Viewer(display_name="Ann"), False)
    assert "/reviews" not in analyst


def test_header_without_a_user_offers_no_logout() -> None:
    html = components.header("Today", Viewer.of({"is_authenticated": False}), False)
    assert "logout" not in html
    assert "DEMO" not in html


def test_footer_names_the_set_and_links_the_mailbox_only_in_a_demo(shown_set: Reader) -> None:
    published = replace(shown_set.marts.published(), number=7)
    fresh = data.freshness(shown_set)
    assert "formula 2 · set 7" in components.footer(fresh, published, NOBODY, False)
    assert "/mailbox" not in components.footer(fresh, published, NOBODY, False)
    assert "/mailbox" in components.footer(fresh, published, NOBODY, True)


def test_table_heads_columns_and_rows() -> None:
    html = components.table("Things", ["A", "B"], [("<i>", 1)])
    assert '<th scope="col">A</th>' in html
    assert '<th scope="row">&lt;i&gt;</th><td>1</td>' in html


def test_pager_is_silent_on_a_single_page() -> None:
    assert components.pager(1, 25, 25, {"tutor": "T-1"}) == ""
    assert "2 of 3" in components.pager(2, 25, 51, {"tutor": "T-1"})


def test_published_moment_is_shown_as_an_age(shown_set: Reader) -> None:
    published: Published = shown_set.marts.published()
    html = components.footer(data.freshness(shown_set), published, NOBODY, False)
    assert 'Updated <time data-age datetime="2026-11-22T16:00:05+00:00">' in html
