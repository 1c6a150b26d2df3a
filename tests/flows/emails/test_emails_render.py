"""A letter says the same in both parts, says it safely, and says only what the report holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from core.recipients import Recipient
from flows.emails.delivery import to_message
from flows.emails.render import Letter, Letterhead
from flows.emails.report import Report
from flows.emails.session_letter import session_letter
from tests.flows.emails.letter_page import read_both, read_page

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


@pytest.fixture
def render(make_report: ReportMaker, letterhead: Letterhead, recipient: Recipient) -> Render:
    def render(**changes: Any) -> Letter:
        return session_letter(make_report(**changes), letterhead, "<m@qa.example>", recipient)

    return render


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
    make_report: ReportMaker,
    letterhead: Letterhead,
    recipient: Recipient,
    changes: dict[str, Any],
    is_demo: bool,
) -> None:
    head = replace(letterhead, is_demo=is_demo)
    letter = session_letter(make_report(**changes), head, "<m@qa>", recipient)
    assert len(read_both(letter).words) > 10


def test_demo_is_marked_in_subject_and_both_parts(
    make_report: ReportMaker, letterhead: Letterhead, recipient: Recipient
) -> None:
    head = replace(letterhead, is_demo=True)
    letter = session_letter(make_report(), head, "<m@qa.example>", recipient)
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


def test_a_letter_names_the_flag_what_would_clear_it_and_what_to_do(render: Render) -> None:
    flag = {"kind": "attendance", "days_open": 12, "clears_text": "Clears after 9 on time."}
    text = render(flag=flag).text
    assert "Flagged for attendance, opened 12 days ago. Clears after 9 on time." in text
    assert "What to do: Ask the family how it went" in text
    absent = render(status="no_show", caused_by="tutor", flag=flag | {"days_open": 0}).text
    assert "opened today" in absent and "Call the tutor today" in absent
    assert "What to do" not in render(severity="OK").text


def test_a_picture_of_the_score_is_drawn_only_where_it_says_something(render: Render) -> None:
    def trend(*scores: int) -> list[dict[str, Any]]:
        return [{"on": date(2026, 10, 2 + n), "score": score} for n, score in enumerate(scores)]

    falling = render(trend=trend(52, 51, 47, 41))
    assert "Score by week, from Fri 2 Oct 2026: 52, 51, 47, 41" in falling.text
    assert falling.html.count('class="bar"') == 4
    for dull in (trend(52, 41), trend(52, 51, 51, 50)):
        assert "by week" not in render(trend=dull).text


def test_one_click_asks_for_fewer_letters_at_the_address_of_the_link(render: Render) -> None:
    headers = render().headers
    link = "https://qa.example/mail/Zm9yLWFubi1vbmx5?mode=flagged&digest=daily"
    assert headers["List-Unsubscribe"] == f"<{link}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "You get every session, of all tutors. Only flagged sessions at once" in render().text


def test_links_open_the_session_and_the_tutor_on_the_dashboard(render: Render) -> None:
    assert read_page(render().html).links == [
        "https://qa.example/dashboard/?session=S-8F2K",
        "https://qa.example/dashboard/?tutor=T-1",
        "https://qa.example/mail/Zm9yLWFubi1vbmx5?mode=flagged&digest=daily",
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
    assert dict(page.tags)["html"]["lang"] == "en"
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
