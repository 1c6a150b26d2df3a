"""A real Rails application and a real ingest, with a network that fails and processes that die."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bench.system import wait_until
from tests.rails.world import Blocks, Network, RailsApp, Workbench

SESSION = {
    "tutor_id": 17,
    "student_id": 204,
    "status": "completed",
    "starts_at": "2026-11-22T16:00:00Z",
    "ends_at": "2026-11-22T17:00:00Z",
    "feedback": "kept to ourselves",
}
MANY = 500
MARKING = 'SET "next_try_at" = ?'  # logged when the statement has ended, well or not

UNDONE = """
TutoringSession.transaction do
  TutoringSession.create!(values)
  print TutorWorkbench::OutboxEntry.count
  raise ActiveRecord::Rollback
end
"""
# a second worker that has chosen its rows just before a first one took them
CHOSEN_TWICE = """
entry = TutorWorkbench::OutboxEntry
TutoringSession.find_each(&:backfill_to_tutor_workbench)
chosen = entry.send(:oldest_due, 40)
taken = entry.lease_due(40, 300)
entry.define_singleton_method(:oldest_due) { |_| chosen.tap { chosen = [] } }
print [taken.size, entry.lease_due(40, 300).size]
"""


def create(app: RailsApp, **changes: object) -> int:
    body = json.dumps({"tutoring_session": SESSION | changes}).encode()
    return int(json.loads(app.send("POST", "/tutoring_sessions", body))["id"])


def wait_until_sent(app: RailsApp) -> None:
    wait_until(lambda: app.waiting() == 0, 120, "the outbox is empty")


def test_the_quickstart_prints_what_it_says(
    app: RailsApp, workbench: Workbench, quickstart: Blocks
) -> None:
    app.environment["TUTOR_WORKBENCH_URL"] = workbench.settings.ingest_url  # nothing in between
    assert app.ruby(quickstart["ruby"][0]) == quickstart["printed"][0]
    app.run("sh", "-ec", quickstart["sh"][2])
    app.run("sh", "-ec", quickstart["sh"][3])
    assert app.ruby(quickstart["ruby"][3]) == "1 accepted, 0 duplicates, 0 rejected\n"
    assert workbench.rows("session_id, version, student_rating") == [("s-1", 1, 4), ("s-1", 2, 5)]
    assert workbench.rows("tutor_id, display_name", "tutors") == [("t-17", "Ada Example")]


def test_no_session_is_lost_or_stored_twice(
    app: RailsApp, workbench: Workbench, network: Network
) -> None:
    network.fate = lambda number: {2: "refuse", 4: "drop"}.get(number % 5, "forward")
    with app.serving():
        for number in range(MANY):
            if number in (150, 350):
                workbench.kill()
            if number in (200, 400):
                workbench.start()
            create(app)
        wait_until_sent(app)
    assert workbench.accepted() == MANY
    stored = sorted((f"s-{number + 1}", 1) for number in range(MANY))
    assert workbench.rows("session_id, version") == stored
    assert sum(answer.get("accepted", 0) for answer in network.lost) > 0
    assert sum(answer.get("duplicates", 0) for answer in network.answers) > 0


def test_a_change_is_a_higher_version(app: RailsApp, workbench: Workbench) -> None:
    with app.serving():
        number = create(app)
        change = json.dumps({"tutoring_session": {"status": "no_show", "rating": None}}).encode()
        app.send("PATCH", f"/tutoring_sessions/{number}", change)
        app.send("PATCH", f"/tutoring_sessions/{number}", change)  # saves, but changes nothing
        wait_until_sent(app)
    assert workbench.rows("version, status") == [(1, "completed"), (2, "no_show")]


def test_a_session_and_its_row_of_the_outbox_are_one_transaction(app: RailsApp) -> None:
    printed = app.ruby(f"values = JSON.parse('{json.dumps(SESSION)}')\n{UNDONE}")
    assert printed == "1"
    assert app.query("SELECT * FROM tutor_workbench_outbox") == []


def test_versions_go_on_after_pruning(app: RailsApp, workbench: Workbench) -> None:
    with app.serving():
        number = create(app)
        for rating in (3, 4):
            change = json.dumps({"tutoring_session": {"rating": rating}}).encode()
            app.send("PATCH", f"/tutoring_sessions/{number}", change)
            wait_until_sent(app)
            app.ruby("TutorWorkbench::OutboxEntry.prune(1.minute.from_now)")
    kept = app.query("SELECT version, payload FROM tutor_workbench_outbox")
    assert kept == [(3, "")]
    assert workbench.rows("version, student_rating") == [(1, None), (2, 3), (3, 4)]


def test_a_wrong_session_is_rejected_alone_and_says_why(
    app: RailsApp, workbench: Workbench, network: Network, quickstart: Blocks
) -> None:
    network.fate = lambda _: "refuse"
    with app.serving():
        for status in [*["completed"] * 8, "held", "completed"]:
            create(app, status=status)
        network.fate = lambda _: "forward"
        wait_until_sent(app)
    assert app.ruby(quickstart["ruby"][1]) == quickstart["printed"][1]
    assert workbench.accepted() == 9
    log = app.log()
    assert "tutor_workbench_outbox" in log
    assert '"student_feedback' not in log.replace("\\", "")
    assert app.environment["TUTOR_WORKBENCH_TOKEN"] not in log


def test_a_worker_killed_before_it_marks_costs_a_second_sending_only(
    app: RailsApp, workbench: Workbench, network: Network
) -> None:
    network.fate = lambda number: "hold" if number == 1 else "forward"
    with app.serving(LEASE_SECONDS="1") as server:
        create(app)
        assert network.held.wait(60)
        server.kill()
    network.release.set()
    assert (workbench.accepted(), app.waiting()) == (1, 1)
    wait_until(lambda: app.deliver() or app.waiting() == 0, 120, "another worker took over")
    assert workbench.accepted() == 1
    assert [answer["duplicates"] for answer in network.answers] == [0, 1]


def test_a_database_that_is_locked_when_rows_are_marked_delays_them_by_seconds(
    app: RailsApp, workbench: Workbench, network: Network
) -> None:
    network.fate = lambda number: "hold" if number == 1 else "forward"
    with app.serving():
        create(app)
        assert network.held.wait(60)
        with app.locked_database():
            network.release.set()
            wait_until(lambda: MARKING in app.log(), 90, "marking has failed")
        wait_until_sent(app)
    assert workbench.accepted() == 1
    assert [answer["duplicates"] for answer in network.answers] == [0, 1]


@pytest.mark.parametrize("workbench", [{"max_body_mb": 1}], indirect=True)
def test_a_session_too_large_for_any_request_holds_back_no_other(
    app: RailsApp, workbench: Workbench, network: Network
) -> None:
    network.fate = lambda _: "refuse"
    with app.serving():
        for text in ["short", "long " * 300_000, "short"]:
            create(app, feedback=text)
        network.fate = lambda _: "forward"
        wait_until_sent(app)
    assert workbench.rows("session_id") == [("s-1",), ("s-3",)]
    [[error]] = app.query(
        "SELECT last_error FROM tutor_workbench_outbox WHERE rejected_at IS NOT NULL"
    )
    assert [row["code"] for row in json.loads(error)] == ["refused_413"]


def test_two_workers_that_choose_the_same_rows_do_not_both_get_them(app: RailsApp) -> None:
    app.ruby(f"TutoringSession.insert_all!([JSON.parse('{json.dumps(SESSION)}')] * 3)")
    assert app.ruby(CHOSEN_TWICE) == "[3, 0]"


def test_history_goes_in_once_with_two_workers_and_two_starts(
    app: RailsApp, workbench: Workbench, network: Network, quickstart: Blocks
) -> None:
    app.ruby(f"TutoringSession.insert_all!([JSON.parse('{json.dumps(SESSION)}')] * 120)")
    network.fate = lambda _: "refuse"
    app.ruby(quickstart["ruby"][2])
    network.seen.clear()
    # the first two requests go on only when both are there, so they are two workers'
    together = threading.Barrier(2, timeout=120)
    network.fate = lambda number: "forward" if number > 2 or together.wait() >= 0 else ""
    with ThreadPoolExecutor(2) as workers:
        list(workers.map(lambda _: app.deliver(), range(2)))
    wait_until(lambda: app.deliver() or app.waiting() == 0, 120, "the history is sent")
    app.ruby(quickstart["ruby"][2])
    ids = [record["session_id"] for record in network.records()]
    assert (len(ids), len(set(ids))) == (120, 120)
    assert workbench.rows("is_backfill, version") == [(True, 1)] * 120
