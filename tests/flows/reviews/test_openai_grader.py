"""The real SDK against a real server that does everything a model behind HTTP may do wrong."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging

import pytest

from flows.reviews.grader import Graded, NotGraded
from flows.reviews.openai_client import open_client
from flows.reviews.openai_grader import Api, OpenAIGrader
from flows.reviews.prices import Prices
from flows.reviews.rubric import load_rubric
from tests.flows.reviews import model_server as says
from tests.flows.reviews.answering import answer
from tests.flows.reviews.conftest import material
from tests.flows.reviews.model_server import ModelServer, Reply

PRICES = Prices(input_usd=1.0, output_usd=10.0, cached_usd=0.1)
SECRET = "sk-test-7f3a-never-shown"
APIS: tuple[Api, ...] = ("responses", "chat")


def ask(
    server: ModelServer,
    api: Api = "responses",
    *,
    attempt: float = 20,
    seconds: float = 60,
    retries: int = 1,
) -> Graded | NotGraded:
    async def once() -> Graded | NotGraded:
        async with open_client(server.url, SECRET, attempt, retries) as client:
            grader = OpenAIGrader(client, "m-1", PRICES, api, seconds)
            return await grader.grade(material(), load_rubric())

    return asyncio.run(once())


@pytest.mark.parametrize("api", APIS)
def test_a_good_answer_comes_with_its_tokens_and_money(server: ModelServer, api: Api) -> None:
    server.say(says.answers(answer(2)))
    graded = ask(server, api)
    assert isinstance(graded, Graded) and {one.level for one in graded.answer.items} == {2}
    assert graded.usage.input_tokens == 1_000 and graded.usage.output_tokens == 200
    assert graded.usage.usd == pytest.approx(0.003)


def test_the_request_stores_nothing_and_holds_a_strict_schema(server: ModelServer) -> None:
    server.say(says.answers(answer()))
    ask(server)
    [asked] = server.asked
    assert asked["store"] is False and asked["max_output_tokens"] == 4_000
    assert asked["text"]["format"]["strict"] is True
    assert asked["text"]["format"]["schema"]["additionalProperties"] is False
    assert "s1" not in json.dumps(asked) and "tools" not in asked


def test_cached_tokens_cost_their_own_price(server: ModelServer) -> None:
    usage = says.USAGE | {"input_tokens_details": {"cached_tokens": 800}}
    server.say(says.answers(answer(), usage=usage))
    assert ask(server).usage.usd == pytest.approx((200 + 80 + 2_000) / 1e6)


FAULTS: dict[str, tuple[Reply, str]] = {
    "too many requests": (says.fails(429), "limited"),
    "a server error": (says.fails(500), "failed"),
    "an overloaded server": (says.fails(503), "failed"),
    "a wrong key": (says.fails(401), "denied"),
    "an unknown path": (says.fails(404), "denied"),
    "a redirect": (says.fails(307, location="http://127.0.0.1:9/v1/responses"), "failed"),
    "a hang": (says.hangs, "slow"),
    "an answer drop by drop": (says.drips, "slow"),
    "a cut connection": (says.hangs_up, "unreachable"),
    "a refusal": (says.refuses, "refused"),
    "an answer cut off": (says.cuts_off, "cut_off"),
    "a page": (says.says(b"<html>busy</html>", "text/html"), "nonsense"),
    "half an object": (says.says(b'{"output": [{"type": "mess'), "nonsense"),
    "an empty object": (says.says(b"{}"), "nonsense"),
    "a list": (says.says(b"[1, 2]"), "nonsense"),
    "nothing": (says.says(b""), "nonsense"),
    "a deep nest": (says.says(b"[" * 200_000), "nonsense"),
    "parts of wrong kinds": (says.says(b'{"output": 7, "choices": "x", "usage": []}'), "nonsense"),
    "ten megabytes": (says.answers("x" * 10_000_000), "too_large"),
    "a packed bomb": (
        says.says(gzip.compress(b" " * 50_000_000), content_encoding="gzip"),
        "too_large",
    ),
    "prose": (says.answers("Rapport was lovely, 5 stars."), "nonsense"),
    "a level above the scale": (says.answers(answer(5)), "nonsense"),
    "a level as text": (says.answers(answer("4")), "nonsense"),
    "a field of its own": (says.answers(answer(points=100)), "nonsense"),
    "a code of its own": (
        says.answers(answer(findings=[{"code": "fire_tutor", "quote": {"turn": 0, "text": "Hi"}}])),
        "nonsense",
    ),
}

# what never ends is cut off soon; all else may take its time on a busy machine
WAITS = {"a hang": 0.7, "an answer drop by drop": 0.7}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("api", APIS)
def test_whatever_goes_wrong_is_a_reason(server: ModelServer, fault: str, api: Api) -> None:
    reply, reason = FAULTS[fault]
    server.say(reply)
    result = ask(server, api, seconds=WAITS.get(fault, 60), retries=0)
    assert isinstance(result, NotGraded) and result.reason == reason


def test_a_server_that_is_not_there_is_unreachable(server: ModelServer) -> None:
    server.url = "http://127.0.0.1:9/v1"
    result = ask(server)
    assert isinstance(result, NotGraded) and result.reason == "unreachable"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_passes_is_asked_again(server: ModelServer, status: int) -> None:
    server.say(says.fails(status, retry_after_ms="10"), says.answers(answer()))
    assert isinstance(ask(server), Graded) and len(server.asked) == 2


def test_retry_after_is_waited_for(server: ModelServer) -> None:
    server.say(says.fails(429, retry_after="30"), says.answers(answer()))
    result = ask(server, seconds=2)
    assert isinstance(result, NotGraded) and result.reason == "slow" and len(server.asked) == 1


def test_a_wrong_key_is_not_tried_again(server: ModelServer) -> None:
    server.say(says.fails(401), says.answers(answer()))
    ask(server)
    assert len(server.asked) == 1


def test_a_request_without_an_answer_counts_at_its_highest_price(server: ModelServer) -> None:
    server.say(says.hangs)
    one, two = ask(server, attempt=0.3, retries=0), ask(server, attempt=0.3, retries=1)
    assert one.usage.usd > 0.04 and two.usage.usd == pytest.approx(2 * one.usage.usd)


def test_an_error_answer_costs_nothing_and_nonsense_without_usage_the_most(
    server: ModelServer,
) -> None:
    server.say(says.fails(500))
    assert ask(server).usage.usd == 0
    server.say(says.says(b"{}"))
    assert ask(server).usage.usd > 0.04


@pytest.mark.parametrize("tokens", [-5, True, "many", None, 1e9, 10**12])
def test_impossible_token_counts_cost_the_most(server: ModelServer, tokens: object) -> None:
    usage = {"input_tokens": tokens, "output_tokens": 0, "total_tokens": 0}
    server.say(says.answers(answer(), usage=usage))
    assert ask(server).usage.usd > 0.04


@pytest.mark.parametrize("fault", FAULTS)
def test_neither_words_nor_key_reach_a_log(
    server: ModelServer, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("openai", "httpx2", "httpcore2", "openai._base_client", "httpx"):
        caplog.set_level(logging.DEBUG, logger=name)
    server.say(FAULTS[fault][0])
    result = ask(server, seconds=WAITS.get(fault, 60), retries=0)
    said = caplog.text + repr(result)
    assert not any(word in said for word in ("fractions", "sad", "pieces", "Okoro", SECRET))
