"""One letter per live session outcome and recipient, whatever happens on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flows.emails.letters import has_due_letters

if TYPE_CHECKING:
    from tests.flows.emails.conftest import LettersStep, MailCatcher, Publisher, RowMaker


def test_a_session_gives_one_letter_per_recipient(
    letters_step: LettersStep,
    publish_reports: Publisher,
    report_row: RowMaker,
    mail_catcher: MailCatcher,
) -> None:
    letters_step.recipients = ["ann@qa.example", "bob@qa.example"]
    letters_step.later(minutes=-1).run()
    summary = letters_step.later(minutes=1).run(publish_reports(report_row()))
    assert (summary.enqueued, summary.sent, summary.pending) == (2, 2, 0)
    assert {letter["To"] for letter in mail_catcher.letters} == {"ann@qa.example", "bob@qa.example"}
    assert len(set(mail_catcher.message_ids)) == 2


def test_running_again_sends_nothing_twice(
    letters_step: LettersStep,
    publish_reports: Publisher,
    report_row: RowMaker,
    mail_catcher: MailCatcher,
) -> None:
    letters_step.run(publish_reports(report_row()))
    again = letters_step.later(minutes=5).run(publish_reports(report_row()))
    assert (again.enqueued, again.sent) == (0, 0)
    assert len(mail_catcher.letters) == 1


def test_backfill_and_sessions_to_come_mail_nothing(
    letters_step: LettersStep,
    publish_reports: Publisher,
    report_row: RowMaker,
    mail_catcher: MailCatcher,
) -> None:
    rows = [
        report_row(is_backfill=True),
        report_row(session_id="S-2", status="scheduled", ingest_seq=8),
    ]
    summary = letters_step.run(publish_reports(*rows))
    assert (summary.enqueued, summary.pending) == (0, 0)
    assert mail_catcher.letters == []


def test_a_later_version_with_only_a_rating_mails_nothing(
    letters_step: LettersStep,
    publish_reports: Publisher,
    report_row: RowMaker,
    mail_catcher: MailCatcher,
) -> None:
    letters_step.run(publish_reports(report_row()))
    rated = report_row(version=2, ingest_seq=8, headline="Held, rated 2 of 5")
    assert letters_step.run(publish_reports(rated)).enqueued == 0
    assert len(mail_catcher.letters) == 1


def test_a_corrected_outcome_mails_again_and_so_does_its_way_back(
    letters_step: LettersStep,
    publish_reports: Publisher,
    report_row: RowMaker,
    mail_catcher: MailCatcher,
) -> None:
    letters_step.run(publish_reports(report_row()))
    absent = report_row(version=2, ingest_seq=8, status="no_show", caused_by="student")
    assert letters_step.run(publish_reports(absent)).sent == 1
    held = report_row(version=3, ingest_seq=9)
    assert letters_step.run(publish_reports(held)).sent == 1
    assert len(set(mail_catcher.message_ids)) == 3


def test_an_earlier_version_that_comes_late_mails_nothing(
    letters_step: LettersStep, publish_reports: Publisher, report_row: RowMaker
) -> None:
    letters_step.run(publish_reports(report_row(version=2)))
    late = report_row(version=1, ingest_seq=8, status="cancelled", caused_by="tutor")
    assert letters_step.run(publish_reports(late)).enqueued == 0


def test_a_new_recipient_gets_only_what_is_received_from_then_on(
    letters_step: LettersStep,
    publish_reports: Publisher,
    report_row: RowMaker,
    mail_catcher: MailCatcher,
) -> None:
    letters_step.recipients = ["ann@qa.example", "new@qa.example"]
    before = report_row()
    after = report_row(session_id="S-2", ingest_seq=8, received_at=letters_step.now)
    letters_step.run(publish_reports(before, after))
    got = [(letter["To"], letter["X-Workbench-Session"]) for letter in mail_catcher.letters]
    to_ann = [("ann@qa.example", "S-8F2K"), ("ann@qa.example", "S-2")]
    assert sorted(got) == sorted([*to_ann, ("new@qa.example", "S-2")])


def test_who_left_the_list_is_not_written_to(
    letters_step: LettersStep,
    publish_reports: Publisher,
    report_row: RowMaker,
    mail_catcher: MailCatcher,
) -> None:
    mail_catcher.answers = ["451 later"]
    letters_step.run(publish_reports(report_row()))
    letters_step.recipients = []
    assert letters_step.later(hours=1).run().pending == 0
    assert mail_catcher.letters == []


def test_a_letter_goes_out_although_its_report_is_no_longer_published(
    letters_step: LettersStep,
    publish_reports: Publisher,
    report_row: RowMaker,
    mail_catcher: MailCatcher,
) -> None:
    mail_catcher.answers = ["451 later"]
    letters_step.run(publish_reports(report_row()))
    assert letters_step.later(minutes=1).run(publish_reports()).sent == 1
    assert mail_catcher.letters[0]["X-Workbench-Session"] == "S-8F2K"


def test_letters_arrive_in_the_order_of_the_sessions(
    letters_step: LettersStep,
    publish_reports: Publisher,
    report_row: RowMaker,
    mail_catcher: MailCatcher,
) -> None:
    rows = [report_row(session_id=f"S-{n}", ingest_seq=n) for n in range(25, 0, -1)]
    letters_step.run(publish_reports(*rows))
    sessions = [letter["X-Workbench-Session"] for letter in mail_catcher.letters]
    assert sessions == [f"S-{n}" for n in range(1, 26)]
    assert len(mail_catcher.sessions) == 1


def test_a_killed_sender_leaves_a_claim_that_runs_out(
    letters_step: LettersStep,
    publish_reports: Publisher,
    report_row: RowMaker,
    mail_catcher: MailCatcher,
) -> None:
    mail_catcher.answers = ["451 later"]
    letters_step.run(publish_reports(report_row()))
    letters_step.later(minutes=1).claim_and_die()
    assert letters_step.later(seconds=119).run().sent == 0
    assert letters_step.later(seconds=1).run().sent == 1
    assert len(mail_catcher.letters) == 1


def test_many_kills_and_refusals_lose_no_letter_and_repeat_none(
    letters_step: LettersStep,
    publish_reports: Publisher,
    report_row: RowMaker,
    mail_catcher: MailCatcher,
) -> None:
    mail_catcher.answers = ["451 later", "250 taken", "451 later"] * 10
    rows = [report_row(session_id=f"S-{n}", ingest_seq=n) for n in range(1, 25)]
    letters_step.run(publish_reports(*rows))
    for _ in range(8):
        letters_step.later(hours=1).claim_and_die()
        letters_step.later(minutes=2).run()
    assert sorted(mail_catcher.message_ids) == sorted(set(mail_catcher.message_ids))
    assert len(mail_catcher.letters) == 24


def test_a_letter_that_was_put_off_is_due_when_its_pause_is_over(
    letters_step: LettersStep,
    publish_reports: Publisher,
    report_row: RowMaker,
    mail_catcher: MailCatcher,
) -> None:
    outbox, now = letters_step.outbox_path, letters_step.now
    assert not has_due_letters(outbox.with_name("none yet"), now)
    mail_catcher.answers = ["451 later"]
    letters_step.run(publish_reports(report_row()))
    assert not has_due_letters(outbox, now + timedelta(seconds=29))
    assert has_due_letters(outbox, now + timedelta(seconds=38))


def test_nothing_is_given_up_before_three_days(
    letters_step: LettersStep,
    publish_reports: Publisher,
    report_row: RowMaker,
    mail_catcher: MailCatcher,
) -> None:
    mail_catcher.answers = ["451 later"] * 200
    summary = letters_step.run(publish_reports(report_row()))
    started = letters_step.now
    while not summary.dead:
        assert summary.pending == 1
        summary = letters_step.later(hours=6).run()
    assert letters_step.now - started >= timedelta(days=3)
