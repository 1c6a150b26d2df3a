"""One session through the whole way: hidden, asked, checked, paid, kept; and every way it fails."""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import UTC, date, datetime, timedelta

import pytest

from flows.reviews.ledger import MOST_ATTEMPTS, Entry, Ledger
from flows.reviews.material import Material, to_passages
from flows.reviews.openai_client import open_client
from flows.reviews.openai_grader import OpenAIGrader
from flows.reviews.reviewer import Reviewer
from flows.reviews.rubric import load_rubric
from flows.reviews.spending import Caps, cache_hits, spent_on
from tests.flows.reviews import model_server as says
from tests.flows.reviews.answering import answer, finding
from tests.flows.reviews.conftest import TURNS, material
from tests.flows.reviews.model_server import Handler, ModelServer
from tests.flows.reviews.test_openai_grader import PRICES

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
TODAY = date(2026, 11, 26)
CAPS = Caps(day_usd=5, session_usd=1)


def review(
    ledger: Ledger,
    server: ModelServer,
    *materials: Material,
    caps: Caps = CAPS,
    now: datetime = NOW,
    attempt: float = 20,
) -> list[Entry]:
    """Reviews the materials one after the other, in one round, with a model on this machine."""

    async def round_of() -> None:
        async with open_client(server.url, "k", attempt, retries=0) as client:
            model = OpenAIGrader(client, "m-1", PRICES)
            reviewer = Reviewer(ledger, load_rubric(), lambda: now, model, caps)
            for one in materials:
                await reviewer.review(one)

    asyncio.run(round_of())
    found = [ledger.find(one.session_id, one.version, load_rubric().name) for one in materials]
    return [entry for entry in found if entry]


def test_a_models_review_is_kept_with_who_spoke_and_what_it_cost(
    ledger: Ledger, server: ModelServer
) -> None:
    server.say(says.answers(answer(3)))
    [entry] = review(ledger, server, material())
    assert (entry.grader, entry.status, entry.reason) == ("openai:m-1", "graded", None)
    assert entry.review.points and spent_on(ledger, TODAY).usd == pytest.approx(0.003)


NAMED = to_passages(
    [
        ("tutor", "Hello Priya, I'm Ada. Call me on 555-123-4567 or write to ada@mail.example."),
        ("student", "Hi Ada! My name is Priya and I go to Lincoln High School."),
        *TURNS[2:],
    ],
    "Priya did well, see https://notes.example/7.",
    None,
    "Ada Okoro",
)


def test_names_never_leave_and_come_back_in_the_quotes(ledger: Ledger, server: ModelServer) -> None:
    def quotes_what_it_saw(handler: Handler) -> None:
        passages = json.loads(json.loads(handler.body)["input"][0]["content"])["passages"]
        text = passages[0]["text"].split(",")[0]
        said = answer(findings=[finding("off_platform", 0, text)])
        says.answers(said)(handler)

    server.say(quotes_what_it_saw)
    [entry] = review(ledger, server, Material("s1", 1, NAMED, "Ada Okoro", may_leave=True))
    left = json.dumps(server.asked)
    words = ("Priya", "Ada ", "Okoro", "555", "mail.example", "Lincoln", "notes.example")
    assert not [word for word in words if word in left]
    assert entry.review.findings[0].quote.text == "Hello Priya"
    assert entry.redacted.findings[0].quote.text == "Hello [NAME_1]"


def test_without_consent_nothing_leaves_and_the_rules_speak(
    ledger: Ledger, server: ModelServer
) -> None:
    server.say(says.answers(answer()))
    private = Material("s1", 1, material().passages, may_leave=False)
    [entry] = review(ledger, server, private)
    assert server.asked == [] and (entry.grader, entry.status) == ("rules@1", "graded")
    assert entry.reason == "no_consent"


def test_without_a_model_the_rules_speak_and_nothing_is_pending(ledger: Ledger) -> None:
    reviewer = Reviewer(ledger, load_rubric(), lambda: NOW)
    assert asyncio.run(reviewer.review(material(feedback="My tutor was late."))) == {TODAY}
    entry = ledger.find("s1", 1, "first_session@1")
    assert entry and (entry.grader, entry.status, entry.reason) == ("rules@1", "graded", "no_model")
    assert [one.code for one in entry.review.findings] == ["tutor_late"]


def test_a_model_that_fails_leaves_a_pending_review_by_the_rules(
    ledger: Ledger, server: ModelServer
) -> None:
    server.say(says.hangs)
    [entry] = review(ledger, server, material(), attempt=0.3)
    assert (entry.grader, entry.status, entry.reason) == ("rules@1", "pending", "slow")
    assert entry.next_try_at == NOW + timedelta(minutes=5) and entry.review.points


def test_it_is_tried_less_and_less_often_and_then_given_up(
    ledger: Ledger, server: ModelServer
) -> None:
    server.say(says.fails(500))
    entries = [review(ledger, server, material())[0] for _ in range(MOST_ATTEMPTS)]
    pauses = [entry.next_try_at - NOW for entry in entries if entry.next_try_at]
    assert pauses == sorted(pauses) and len(pauses) == MOST_ATTEMPTS - 1
    assert (entries[-1].status, entries[-1].reason) == ("graded", "gave_up")


def test_a_model_that_comes_back_takes_the_place_of_the_rules(
    ledger: Ledger, server: ModelServer
) -> None:
    server.say(says.refuses)
    review(ledger, server, material())
    server.say(says.answers(answer()))
    [entry] = review(ledger, server, material(), now=NOW + timedelta(hours=1))
    assert (entry.grader, entry.status, entry.attempts) == ("openai:m-1", "graded", 0)


def test_after_failures_in_a_row_a_round_asks_no_more(ledger: Ledger, server: ModelServer) -> None:
    server.say(says.fails(503))
    entries = review(ledger, server, *(material(f"s{number}") for number in range(6)))
    assert len(server.asked) == 3
    assert [entry.reason for entry in entries] == ["failed"] * 3 + ["paused"] * 3
    assert all(entry.status == "pending" for entry in entries)


def test_the_daily_cap_is_never_passed_and_the_rest_waits_for_tomorrow(
    ledger: Ledger, server: ModelServer
) -> None:
    server.say(says.answers(answer()))
    caps = Caps(day_usd=0.06, session_usd=1)
    sessions = [material(f"s{number}", feedback=f"Number {number}.") for number in range(9)]
    entries = review(ledger, server, *sessions, caps=caps)
    assert spent_on(ledger, TODAY).usd <= 0.06 and 0 < len(server.asked) < 9
    last = entries[-1]
    assert (last.status, last.reason) == ("pending", "over_budget")
    assert last.next_try_at == datetime(2026, 11, 27, tzinfo=UTC)


def test_a_session_that_would_cost_more_than_its_cap_is_never_sent(
    ledger: Ledger, server: ModelServer
) -> None:
    server.say(says.answers(answer()))
    [entry] = review(ledger, server, material(), caps=Caps(5, 0.001))
    assert server.asked == [] and entry.reason == "over_budget"


def test_hangs_cannot_break_the_cap(ledger: Ledger, server: ModelServer) -> None:
    server.say(says.hangs)
    sessions = [material(f"s{number}") for number in range(3)]
    review(ledger, server, *sessions, caps=Caps(0.1, 0.1), attempt=0.3)
    assert len(server.asked) == 2 and spent_on(ledger, TODAY).usd <= 0.1


def test_the_same_question_is_paid_for_once(ledger: Ledger, server: ModelServer) -> None:
    server.say(says.answers(answer()))
    one, two = review(ledger, server, material(), material("s2"))
    assert len(server.asked) == 1 and cache_hits(ledger) == 1
    assert one.review == two.review and two.grader == "openai:m-1"


def test_a_cached_answer_is_checked_like_a_new_one(ledger: Ledger, server: ModelServer) -> None:
    server.say(says.answers(answer(findings=[finding("tutor_late", 0, "never said")])))
    for entry in review(ledger, server, material(), material("s2")):
        assert entry.status == "needs_person" and not entry.review.findings


def test_no_word_of_a_student_reaches_a_log_or_an_error(
    ledger: Ledger, server: ModelServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for reply in (says.answers(answer()), says.answers("no"), says.refuses, says.fails(400)):
        server.say(reply)
        review(ledger, server, material(feedback=f"Worthless day {len(server.asked)}"))
    assert server.asked and not any(
        word in caplog.text for word in ("fractions", "Worthless", "pieces")
    )
