"""By hand: a preview sends nothing, a retry and a resend send what was asked for, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.choices import Choices
from core.errors import NotFound
from flows.emails.desk import (
    look_through,
    preview_digest,
    preview_session,
    resend,
    retry_dead,
    send_test,
)
from tests.flows.emails.marts_world import ATTENTION, make_row

if TYPE_CHECKING:
    from tests.flows.emails.catcher import MailCatcher
    from tests.flows.emails.conftest import LettersStep
    from tests.flows.emails.marts_world import Publisher


def test_a_preview_is_the_letter_that_is_sent_and_sends_nothing(
    letters_step: LettersStep, publish_reports: Publisher, mail_catcher: MailCatcher
) -> None:
    letters_step.marts = publish_reports(make_row())
    ann = letters_step.people.find("ann@qa.example")
    letter = preview_session(letters_step.mail, "S-8F2K", ann)
    assert mail_catcher.letters == []
    letters_step.run()
    assert mail_catcher.subjects == [letter.subject]
    assert mail_catcher.text().replace("\r\n", "\n").strip() == letter.text.strip()


def test_a_preview_of_a_digest_tells_nothing_held(
    letters_step: LettersStep, publish_reports: Publisher, mail_catcher: MailCatcher
) -> None:
    letters_step.choose(mode="digest")
    letters_step.run(publish_reports(make_row(), sql=ATTENTION))
    assert "2 tutors need you" in preview_digest(letters_step.mail, "daily").subject
    assert "week in review" in preview_digest(letters_step.mail, "weekly").subject
    assert look_through(letters_step.outbox_path, None, 9).counts == {"held": 1}
    assert mail_catcher.letters == []


def test_a_session_without_a_report_cannot_be_previewed(
    letters_step: LettersStep, publish_reports: Publisher
) -> None:
    letters_step.marts = publish_reports(make_row(is_backfill=True))
    with pytest.raises(NotFound, match="No live session"):
        preview_session(letters_step.mail, "S-8F2K")


def test_a_test_letter_goes_out_now_and_leaves_nothing_in_the_outbox(
    letters_step: LettersStep, mail_catcher: MailCatcher
) -> None:
    assert send_test(letters_step.mail, "new@qa.example").verdict == "sent"
    assert [letter["To"] for letter in mail_catcher.letters] == ["new@qa.example"]
    mail_catcher.refused = {"new@qa.example": "550 nobody"}
    assert send_test(letters_step.mail, "new@qa.example").code == "550"
    assert look_through(letters_step.outbox_path, None, 9).counts == {}


def test_a_retry_owes_what_was_given_up_and_not_what_was_sent(
    letters_step: LettersStep, publish_reports: Publisher, mail_catcher: MailCatcher
) -> None:
    mail_catcher.answers = ["550 mailbox full"]
    rows = [make_row(session_id=f"S-{n}", ingest_seq=n) for n in (1, 2)]
    letters_step.run(publish_reports(*rows))
    assert mail_catcher.about_sessions == ["S-2"]
    people = letters_step.people.all()
    assert retry_dead(letters_step.outbox_path, people, letters_step.now) == 1
    letters_step.run()
    assert mail_catcher.about_sessions == ["S-2", "S-1"]
    assert retry_dead(letters_step.outbox_path, people, letters_step.now) == 0


def test_who_left_the_list_gets_nothing_by_a_retry(
    letters_step: LettersStep, publish_reports: Publisher, mail_catcher: MailCatcher
) -> None:
    mail_catcher.answers = ["550 mailbox full"]
    letters_step.run(publish_reports(make_row()))
    assert retry_dead(letters_step.outbox_path, [], letters_step.now) == 0


def test_a_letter_is_sent_again_under_another_id_with_what_is_known_now(
    letters_step: LettersStep, publish_reports: Publisher, mail_catcher: MailCatcher
) -> None:
    letters_step.run(publish_reports(make_row()))
    letters_step.later(hours=1).run(publish_reports(make_row(headline="Started 12 min late")))
    assert resend(letters_step.mail, "S-8F2K", "bob@qa.example") == 0
    assert resend(letters_step.mail, "S-8F2K") == 1
    letters_step.run()
    assert len(set(mail_catcher.message_ids)) == 2
    assert "Started 12 min late" in mail_catcher.text()


def test_a_letter_is_sent_again_to_those_who_had_it_or_to_who_is_named(
    letters_step: LettersStep, publish_reports: Publisher, mail_catcher: MailCatcher
) -> None:
    people = letters_step.people
    people.add("digest@qa.example", Choices(mode="digest"), letters_step.now)
    people.add("elsewhere@qa.example", Choices(tutors=["t-9"]), letters_step.now)
    letters_step.run(publish_reports(make_row()))
    had_it = [letter["To"] for letter in mail_catcher.letters]
    assert resend(letters_step.mail, "S-8F2K") == len(had_it) == 1
    letters_step.later(seconds=1).run()
    assert [letter["To"] for letter in mail_catcher.letters] == had_it * 2
    assert resend(letters_step.mail, "S-8F2K", "digest@qa.example") == 1


def test_the_outbox_is_looked_through_by_state_newest_first(
    letters_step: LettersStep, publish_reports: Publisher, mail_catcher: MailCatcher
) -> None:
    mail_catcher.answers = ["250 taken", "451 later", "550 no"]
    rows = [make_row(session_id=f"S-{n}", ingest_seq=n) for n in (1, 2, 3)]
    letters_step.run(publish_reports(*rows))
    found = look_through(letters_step.outbox_path, None, 9)
    assert found.counts == {"pending": 2, "sent": 1, "dead": 1}
    dead = look_through(letters_step.outbox_path, "dead", 9).letters
    assert [(one["about"], one["last_error"]) for one in dead] == [("S-3", "550")]
    assert len(look_through(letters_step.outbox_path, None, 2).letters) == 2
