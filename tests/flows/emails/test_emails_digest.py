"""What is not mailed at once is told in a digest: nothing is dropped, and nothing told twice."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from core.choices import Choices
from core.recipients import Recipient
from flows.emails.alerts import Alert, alert_letter
from flows.emails.digest import Session, read_digest
from flows.emails.digest_letter import digest_letter
from tests.flows.emails.letter_page import read_both
from tests.flows.emails.marts_world import ATTENTION, Row, make_row

if TYPE_CHECKING:
    from tests.flows.emails.catcher import MailCatcher
    from tests.flows.emails.conftest import LettersStep
    from tests.flows.emails.marts_world import Publisher


def rows(count: int, **changes: object) -> list[Row]:
    return [make_row(session_id=f"S-{n}", ingest_seq=n, **changes) for n in range(1, count + 1)]


def test_flagged_sessions_come_at_once_and_the_rest_in_the_morning(
    letters_step: LettersStep, publish_reports: Publisher, mail_catcher: MailCatcher
) -> None:
    letters_step.choose(mode="flagged")
    calm = make_row(session_id="S-2", ingest_seq=8, severity="OK", headline="Held as planned")
    letters_step.run(publish_reports(make_row(), calm))
    assert mail_catcher.about_sessions == ["S-8F2K"]
    letters_step.later(hours=14).run()
    assert len(mail_catcher.letters) == 2
    assert "OK Teresa Rivera · Held as planned" in mail_catcher.text()
    assert "?session=S-2" in mail_catcher.text()
    letters_step.later(hours=2).run()
    assert len(mail_catcher.letters) == 2


def test_what_is_over_the_budget_is_told_together_at_the_full_hour(
    letters_step: LettersStep, publish_reports: Publisher, mail_catcher: MailCatcher
) -> None:
    letters_step.choose(hourly_budget=3)
    letters_step.run(publish_reports(*rows(50, severity="WATCH")))
    assert len(mail_catcher.about_sessions) == 3
    assert not letters_step.later(minutes=18).is_due()
    assert letters_step.later(minutes=1).is_due()
    letters_step.run()
    assert mail_catcher.subjects[-1].startswith("[DIGEST] 47 reports held, 0 flagged · ")
    assert "47 WATCH. Held because there were more in an hour" in mail_catcher.text()
    assert mail_catcher.text().count("?session=") == 30
    assert "17 more" in mail_catcher.text()


def test_the_budget_is_of_the_last_hour_only(
    letters_step: LettersStep, publish_reports: Publisher, mail_catcher: MailCatcher
) -> None:
    letters_step.choose(hourly_budget=1)
    letters_step.run(publish_reports(*rows(1)))
    later = letters_step.later(minutes=61)
    new = make_row(session_id="S-9", ingest_seq=9, received_at=later.now)
    later.run(publish_reports(new))
    assert mail_catcher.about_sessions == ["S-1", "S-9"]


def test_the_morning_digest_says_who_needs_you_what_changed_and_what_helped(
    letters_step: LettersStep, publish_reports: Publisher, mail_catcher: MailCatcher
) -> None:
    letters_step.run(publish_reports(sql=ATTENTION))
    letters_step.later(hours=14).run()
    assert mail_catcher.subjects == ["[DIGEST] 2 tutors need you · Sat 21 Nov 2026"]
    text = mail_catcher.text()
    for words in (
        "HIGH Teresa Rivera",
        "attendance · open for 12 days · score 41 (35\N{EN DASH}47, n 38) · with nobody yet",
        "\N{MINUS SIGN}2.1  late or absent in 5 of 38 sessions",
        "Of these 2, about 0.2 are likely to be false alarms.",
        "more reschedules than before · opened today · with maria",
        "Li Chen · ratings: flag closed",
        "ratings: \N{MINUS SIGN}0.42 times the usual 28 days after “resolve”",
        "14 matched peers",
        "Moved by tutors: 3.1 % (2.4\N{EN DASH}4.0)",
        "Poor first sessions: not known",
    ):
        assert words in text, words


def test_the_text_of_a_digest_and_of_an_alert_says_all_that_their_html_does(
    letters_step: LettersStep, publish_reports: Publisher, recipient: Recipient
) -> None:
    head = letters_step.letterhead
    letters_step.marts = publish_reports(*rows(3, received_at=letters_step.now), sql=ATTENTION)
    for edition in ("daily", "weekly"):
        digest = read_digest(
            letters_step.marts, edition, Choices(), letters_step.now, date(2026, 11, 19)
        )
        assert digest.poor_first and digest.changes and digest.helped and digest.periods
        held = [Session(session_id="S-5", tutor_id="T-1", display_name="T. R.", headline="Late")]
        full = digest.model_copy(
            update={"held": held, "held_counts": {"OK": 40}, "held_for": ["quiet", "budget"]}
        )
        page = read_both(digest_letter(full, head, "<m@qa.example>", recipient))
        assert len(page.words) > 40 and len(page.links) > 8
    alert = Alert(
        key="x", headline="It failed", lines=("Once.", "Twice."), url="https://qa.example"
    )
    assert len(read_both(alert_letter(alert, head, "<m@qa.example>", recipient)).links) == 2


def test_a_digest_keeps_to_the_scope_of_who_gets_it(
    letters_step: LettersStep, publish_reports: Publisher, mail_catcher: MailCatcher
) -> None:
    letters_step.choose(teams=["Omar@qa.example"])
    letters_step.run(publish_reports(sql=ATTENTION))
    letters_step.later(hours=14).run()
    assert "[DIGEST] 1 tutor needs you" in mail_catcher.subjects[0]
    assert "Rivera" not in mail_catcher.text()
    assert "teams: Omar@qa.example" in mail_catcher.text()


def test_a_calm_day_says_that_nobody_needs_attention(
    letters_step: LettersStep, publish_reports: Publisher, mail_catcher: MailCatcher
) -> None:
    letters_step.later(hours=14).run(publish_reports())
    assert "Nobody needs attention." in mail_catcher.text()
    assert "What changed" not in mail_catcher.text()


def test_after_an_outage_of_days_one_digest_comes_and_not_one_a_day(
    letters_step: LettersStep, mail_catcher: MailCatcher
) -> None:
    letters_step.later(days=5).run()
    assert len(mail_catcher.letters) == 1
    assert letters_step.run().sent == 0


def test_who_is_new_on_the_list_gets_no_digest_of_before(
    letters_step: LettersStep, mail_catcher: MailCatcher
) -> None:
    letters_step.people.add("new@qa.example", Choices(), letters_step.now)
    letters_step.run()
    assert mail_catcher.letters == []
    assert not letters_step.is_due()


def test_the_week_is_told_on_monday_beside_the_day(
    letters_step: LettersStep, mail_catcher: MailCatcher
) -> None:
    letters_step.choose(digest="both")
    letters_step.later(days=2, hours=14).run()
    assert sorted("week in review" in subject for subject in mail_catcher.subjects) == [False, True]
    week = next(n for n, one in enumerate(mail_catcher.subjects) if "week" in one)
    assert "Last seven days" in mail_catcher.text(week)


def test_a_digest_that_is_put_off_says_later_what_it_would_have_said(
    letters_step: LettersStep, publish_reports: Publisher, mail_catcher: MailCatcher
) -> None:
    mail_catcher.answers = ["451 later"]
    letters_step.run(publish_reports(sql=ATTENTION))
    letters_step.later(hours=14).run()
    letters_step.later(minutes=1).run(publish_reports())
    assert "2 tutors need you" in mail_catcher.subjects[0]


def test_who_wants_nothing_gets_nothing_and_owes_no_reading(
    letters_step: LettersStep, publish_reports: Publisher, mail_catcher: MailCatcher
) -> None:
    letters_step.choose(mode="digest")
    letters_step.run(publish_reports(*rows(2)))
    letters_step.choose(mode="off")
    letters_step.later(hours=14).run()
    assert mail_catcher.letters == []
    assert not letters_step.is_due()


@pytest.mark.parametrize(("flagged", "is_storm"), [(9, False), (10, True)])
def test_too_many_flags_at_once_are_one_letter_to_operators_and_the_rest_is_held(
    letters_step: LettersStep,
    publish_reports: Publisher,
    mail_catcher: MailCatcher,
    flagged: int,
    is_storm: bool,
) -> None:
    letters_step.people.add("ops@qa.example", Choices(mode="digest", is_operator=True), NOW_BEFORE)
    high, calm = rows(30)[:flagged], rows(30, severity="OK")[flagged:]
    letters_step.run(publish_reports(*high, *calm))
    alerts = [one for one in mail_catcher.letters if "[ALERT]" in one["Subject"]]
    assert [one["To"] for one in alerts] == ["ops@qa.example"] * is_storm
    assert len(mail_catcher.about_sessions) == 30 - 10 * is_storm
    letters_step.later(minutes=20).run()
    held = [one for one in mail_catcher.subjects if "10 reports held, 10 flagged" in one]
    assert len(held) == is_storm


NOW_BEFORE = make_row()["received_at"] - timedelta(hours=1)
