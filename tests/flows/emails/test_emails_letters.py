"""One letter per live session outcome and recipient, whatever happens on the way."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from core.marts import Marts
from flows.emails.alerts import Alert
from flows.emails.letters import owe_alert

if TYPE_CHECKING:
    from tests.flows.emails.catcher import MailCatcher
    from tests.flows.emails.conftest import LettersStep
    from tests.flows.emails.marts_world import Publisher, RowMaker


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


def test_a_correction_mails_again_only_when_it_is_worse_and_else_waits_for_the_digest(
    letters_step: LettersStep,
    publish_reports: Publisher,
    report_row: RowMaker,
    mail_catcher: MailCatcher,
) -> None:
    letters_step.run(publish_reports(report_row(severity="OK")))
    worse = report_row(version=2, ingest_seq=8, status="no_show", caused_by="tutor")
    assert letters_step.run(publish_reports(worse)).sent == 1
    better = report_row(version=3, ingest_seq=9, severity="INFO", headline="It was held after all")
    summary = letters_step.run(publish_reports(better))
    assert (summary.enqueued, summary.sent, summary.pending) == (1, 0, 0)
    letters_step.later(hours=15).run()
    assert len(set(mail_catcher.message_ids)) == 3
    assert "It was held after all" in mail_catcher.text()


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
    assert sorted(mail_catcher.about_sessions) == sorted(row["session_id"] for row in rows)


def test_a_letter_that_was_put_off_is_due_when_its_pause_is_over(
    letters_step: LettersStep,
    publish_reports: Publisher,
    report_row: RowMaker,
    mail_catcher: MailCatcher,
) -> None:
    assert not letters_step.is_due()
    mail_catcher.answers = ["451 later"]
    letters_step.run(publish_reports(report_row()))
    assert not letters_step.later(seconds=29).is_due()
    assert letters_step.later(seconds=9).is_due()


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
        assert summary.pending >= 1
        summary = letters_step.later(hours=6).run()
    assert letters_step.now - started >= timedelta(days=3)


def test_alerts_go_out_before_anything_is_published(
    letters_step: LettersStep, mail_catcher: MailCatcher, tmp_path: Path
) -> None:
    letters_step.marts = Marts(tmp_path / "nothing yet")
    alert = Alert(key="refresh/Failed", headline="refresh failed")
    assert [owe_alert(letters_step.mail, alert) for _ in range(2)] == [1, 0]
    assert letters_step.run().sent == 1
    assert mail_catcher.subjects == ["[ALERT] refresh failed"]
