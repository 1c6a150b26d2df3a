"""A letter says the same in both parts, says it safely, and says only what the report holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest

from flows.emails.delivery import to_message
from flows.emails.render import Letter, Letterhead, render_letter
from flows.emails.report import Report

ReportMaker = Callable[..., Report]
Render = Callable[..., Letter]
NOT_SCORED: dict[str, Any] = {
    "score": None,
    "score_low": None,
    "score_high": None,
    "score_before": None,
    "reasons": [],
    "score_state": "not_enough_recent_data",
    "state_text": "Not enough recent data: 2 sessions in 90 days",
}
VOID = {"meta", "br", "img", "link", "hr"}


@dataclass
class Page(HTMLParser):
    """What a reader of the HTML part sees: words, addresses of links, and tags with attributes."""

    words: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        self.links += [attributes["href"] or ""] if tag == "a" else []
        if tag not in VOID:
            self._open.append("hidden" if attributes.get("class") == "preheader" else tag)

    def handle_endtag(self, _tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not {"style", "title", "hidden"} & set(self._open):
            self.words.append(" ".join(data.split()).strip(" ·"))


def read_page(html: str) -> Page:
    page = Page()
    page.feed(html)
    return page


@pytest.fixture
def render(make_report: ReportMaker, letterhead: Letterhead) -> Render:
    return lambda **changes: render_letter(make_report(**changes), letterhead, "<m@qa.example>")


def test_subject_tells_severity_tutor_event_score_and_session(render: Render) -> None:
    subject = render().subject
    assert subject == "[HIGH] Rivera T. · first session, score 41 (\N{MINUS SIGN}4) · S-8F2K"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"is_first_session": False}, "Rivera T. · started 11 min late, score 41"),
        ({"status": "rescheduled", "caused_by": "tutor"}, "first session, moved by the tutor"),
        ({"status": "no_show", "caused_by": "unknown"}, "first session, no-show"),
        ({"score_before": Decimal("41.4")}, "score 41 · S-8F2K"),
        ({"score_before": None}, "score 41 · S-8F2K"),
        ({"score_before": Decimal("30.0")}, "score 41 (+11)"),
        ({"display_name": "Rivera T."}, "] Rivera T. ·"),
        (NOT_SCORED, "first session, not enough recent data · S-8F2K"),
    ],
)
def test_subject_when_something_else_happened(
    render: Render, changes: dict[str, Any], expected: str
) -> None:
    assert expected in render(**changes).subject


@pytest.mark.parametrize("is_demo", [False, True])
@pytest.mark.parametrize("changes", [{}, NOT_SCORED, {"subject": None, "is_first_session": False}])
def test_text_part_holds_every_word_and_link_of_the_html(
    make_report: ReportMaker, letterhead: Letterhead, changes: dict[str, Any], is_demo: bool
) -> None:
    letter = render_letter(make_report(**changes), replace(letterhead, is_demo=is_demo), "<m@qa>")
    page, text = read_page(letter.html), " ".join(letter.text.split())
    assert [words for words in page.words if words not in text] == []
    assert [link for link in page.links if link not in text] == []
    assert len(page.words) > 10
    assert len(page.links) == 2


def test_demo_is_marked_in_subject_and_both_parts(
    make_report: ReportMaker, letterhead: Letterhead
) -> None:
    letter = render_letter(make_report(), replace(letterhead, is_demo=True), "<m@qa.example>")
    assert letter.subject.startswith("[HIGH] DEMO · ")
    assert "DEMO" in letter.text
    assert "DEMO" in letter.html


def test_a_score_comes_with_what_it_was_its_interval_and_its_sessions(render: Render) -> None:
    words = (
        "45 \N{RIGHTWARDS ARROW} 41 (90 % interval 35\N{EN DASH}47, from 38 sessions in 90 days)"
    )
    assert words in render().text
    assert words in render().html


def test_a_tutor_without_a_score_gets_words_instead_of_numbers(render: Render) -> None:
    letter = render(**NOT_SCORED)
    assert "Not enough recent data: 2 sessions in 90 days" in letter.text
    assert "interval" not in letter.text
    assert "points" not in letter.text


def test_reasons_are_signed_and_facts_that_are_not_known_say_so(render: Render) -> None:
    text = render().text
    assert "\N{MINUS SIGN}2.1  late or absent in 5 of 38 sessions" in text
    assert "+0.5  rated 4.6 of 5" in text
    assert "Next session booked: not known" in text


def test_links_open_the_session_and_the_tutor_on_the_dashboard(render: Render) -> None:
    assert read_page(render().html).links == [
        "https://qa.example/dashboard/?session=S-8F2K",
        "https://qa.example/dashboard/?tutor=T-1",
    ]


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("America/Chicago", "Fri 20 Nov 2026, 16:30\N{EN DASH}17:30 CST"),
        ("Asia/Kolkata", "Sat 21 Nov 2026, 04:00\N{EN DASH}05:00 IST"),
        ("America/Sao_Paulo", "19:30\N{EN DASH}20:30 UTC\N{MINUS SIGN}03"),
        (None, "16:30\N{EN DASH}17:30 CST"),
    ],
)
def test_times_are_told_in_the_zone_of_the_session(
    render: Render, zone: str | None, expected: str
) -> None:
    letter = render(time_zone=zone)
    assert expected in letter.text
    assert expected in letter.html


def test_summer_time_follows_the_day_of_the_session(render: Render) -> None:
    start = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    assert "17:30\N{EN DASH}" in render(scheduled_start=start).text
    assert "CDT" in render(scheduled_start=start).text


HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


def test_hostile_words_stay_words(render: Render) -> None:
    facts = [{"label": HOSTILE, "value": HOSTILE}]
    reasons = [{"points": Decimal("-1.0"), "reason_text": HOSTILE}]
    texts = dict.fromkeys(["display_name", "headline", "subject", "state_text"], HOSTILE)
    page = read_page(render(**texts, facts=facts, reasons=reasons).html)
    assert {tag for tag, _ in page.tags} & {"script", "img"} == set()
    assert not [name for _, attributes in page.tags for name in attributes if name[:2] == "on"]
    assert page.words.count(HOSTILE) >= 4


def test_line_ends_in_a_name_forge_no_header_and_no_line(
    render: Render, letterhead: Letterhead
) -> None:
    letter = render(display_name="Eve\r\nBcc: all@qa.example\r\n\r\nforged\u2028line \u202elaminam")
    message = to_message(letter, letterhead.sender, "ann@qa.example", datetime.now(UTC))
    assert message["Bcc"] is None
    assert "\n" not in str(message["Subject"])
    assert "Eve Bcc: all@qa.example forged line" in letter.text
    assert "\u202e" not in letter.text + letter.html + letter.subject


def test_html_is_small_and_fit_for_mail_programs(render: Render) -> None:
    longest = render(display_name="n" * 200, subject="s" * 200, session_id="S" * 128).html
    page = read_page(longest)
    assert len(longest.encode()) < 100_000
    assert ("html", {"lang": "en"}) in page.tags
    assert ("meta", {"name": "color-scheme", "content": "light dark"}) in page.tags
    layout = [attributes for tag, attributes in page.tags if tag == "table"]
    assert len([table for table in layout if table.get("role") != "presentation"]) == 1
    assert all(a.get("scope") == "row" for tag, a in page.tags if tag == "th")
    assert "img" not in {tag for tag, _ in page.tags}


def test_headers_let_mail_programs_sort_and_group(render: Render) -> None:
    headers = render().headers
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["X-Workbench-Session"] == "S-8F2K"
    assert headers["X-Workbench-Severity"] == "HIGH"
    assert headers["References"] == render(session_id="S-2", version=3).headers["References"]
    assert headers["References"] != render(tutor_id="T-2").headers["References"]
    assert headers["List-Id"].endswith("<letters.workbench.example>")


def test_message_id_is_the_same_for_the_same_letter_only(make_report: ReportMaker) -> None:
    def of(recipient: str = "ann@qa.example", **changes: Any) -> str:
        return make_report(**changes).message_id(recipient, "qa.example")

    others = [
        of("bob@qa.example"),
        of(version=2),
        of(session_id="S-8F2L"),
        of(session_id="S:1"),
        of(session_id="S.1"),
        of(session_id="S" * 128),
    ]
    assert of() == of()
    assert len({of(), *others}) == 7
    assert of().startswith("<session-S-8F2K.v1.")
    assert of().endswith("@qa.example>")


def test_a_message_survives_the_longest_ids(
    make_report: ReportMaker, letterhead: Letterhead
) -> None:
    report = make_report(session_id="S" + "a:b.c_d-" * 15)
    letter = render_letter(report, letterhead, report.message_id("ann@qa.example", "qa.example"))
    message = to_message(letter, letterhead.sender, "ann@qa.example", datetime.now(UTC))
    assert f"Message-ID: {letter.message_id}\r\n".encode() in message.as_bytes()
    assert message["X-Workbench-Session"] == report.session_id
