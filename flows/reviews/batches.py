"""Backlogs through the Batch API: half the price, within a day. Only for OpenAI's own protocol.

A batch's files hold redacted texts on the server, so they are deleted as soon as it is read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import openai

from flows.reviews.answers import Body, body_of, failure, read_response
from flows.reviews.due import Due
from flows.reviews.grader import Answer, Graded, NotGraded, Usage
from flows.reviews.language import is_english
from flows.reviews.ledger import Ledger, stamp
from flows.reviews.material import Material
from flows.reviews.openai_client import TRIPS, Trips
from flows.reviews.openai_grader import OpenAIGrader, alias
from flows.reviews.prices import MOST_OUTPUT_TOKENS
from flows.reviews.prompt import document, instructions
from flows.reviews.reviewer import Reviewer, hide, question
from flows.reviews.rubric import Rubric
from flows.reviews.spending import Caps, set_aside, settle

MOST_REQUESTS = 200
_HALF = 0.5
_LARGEST_FILE = 50_000_000  # bytes
_OVER = ("completed", "failed", "expired", "cancelled")
_ADD = "insert into batch_requests values (?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True)
class Request:
    """One line of a batch, and the call that was set aside for it."""

    custom_id: str
    due: Due
    call: int
    body: Body


async def submit(
    reviewer: Reviewer, grader: OpenAIGrader, caps: Caps, materials: Iterable[Material]
) -> set[date]:
    """Sends what the caps allow as one batch; returns the days whose reviews now wait for it.

    What is cached or may not leave is left out: the next round reviews it at once.
    """
    cheap = replace(grader, prices=replace(grader.prices, share=_HALF))
    chosen = [one for one in materials if _is_new(reviewer, grader, one)][:MOST_REQUESTS]
    requests = [
        request for one in chosen if (request := _prepare(reviewer, cheap, caps, one)) is not None
    ]
    if not requests or not await _send(reviewer, cheap, requests):
        return set()
    sent = {(request.due.session_id, request.due.version) for request in requests}
    waits = [
        reviewer.take(one, NotGraded("waiting"), grader.name)
        for one in chosen
        if (one.session_id, one.version) in sent
    ]
    return set().union(*waits)


async def collect(
    reviewer: Reviewer, grader: OpenAIGrader, read: Callable[[list[Due]], list[Material]]
) -> set[date]:
    """Takes in the batches that are over; returns the days whose reviews changed."""
    days: set[date] = set()
    for batch_id, file_id, name, rubric in _open_batches(reviewer.ledger):
        if name != grader.name or rubric != reviewer.rubric.name:
            continue
        with suppress(openai.OpenAIError):  # then it is still there next time
            days |= await _collect(reviewer, grader, batch_id, file_id, read)
    return days


def _is_new(reviewer: Reviewer, grader: OpenAIGrader, material: Material) -> bool:
    key = question(hide(material).material, reviewer.rubric, grader.name)
    is_for_it = material.may_leave and is_english(material.passages)
    return is_for_it and reviewer.ledger.cached(key) is None


def _prepare(
    reviewer: Reviewer, cheap: OpenAIGrader, caps: Caps, material: Material
) -> Request | None:
    hidden = hide(material).material
    usd = cheap.most_usd(hidden, reviewer.rubric)
    now, session = reviewer.clock(), material.session_id
    call = set_aside(reviewer.ledger, session, cheap.name, usd, caps, now)
    if call is None:
        return None
    due = Due(session, material.version, material.tutor_name, True)
    body = _body(cheap.model, hidden, reviewer.rubric)
    return Request(f"{alias(session)}-{material.version}", due, call, body)


def _body(model: str, material: Material, rubric: Rubric) -> Body:
    schema = openai.pydantic_function_tool(Answer, name="Answer")["function"]["parameters"]
    form = {"type": "json_schema", "strict": True, "name": "Answer", "schema": schema}
    return {
        "model": model,
        "instructions": instructions(rubric),
        "input": [{"role": "user", "content": document(material.passages)}],
        "text": {"format": form},
        "store": False,
        "max_output_tokens": MOST_OUTPUT_TOKENS,
        "safety_identifier": alias(material.session_id),
    }


async def _send(reviewer: Reviewer, grader: OpenAIGrader, requests: list[Request]) -> bool:
    TRIPS.set(Trips())
    try:
        file = await grader.client.files.create(
            file=("reviews.jsonl", _lines(requests)), purpose="batch"
        )
        batch = await grader.client.batches.create(
            input_file_id=file.id, endpoint="/v1/responses", completion_window="24h"
        )
    except openai.OpenAIError:
        for request in requests:
            settle(reviewer.ledger, request.call, Usage(), "failed")
        return False
    _note(reviewer, grader, batch.id, file.id, requests)
    return True


def _lines(requests: list[Request]) -> bytes:
    rows = [
        {"custom_id": one.custom_id, "method": "POST", "url": "/v1/responses", "body": one.body}
        for one in requests
    ]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def _note(
    reviewer: Reviewer, grader: OpenAIGrader, batch: str, file: str, requests: list[Request]
) -> None:
    row = (batch, file, grader.name, reviewer.rubric.name, stamp(reviewer.clock()), "sent")
    rows = [
        (batch, one.custom_id, one.due.session_id, one.due.version, one.due.tutor_name, one.call)
        for one in requests
    ]
    with reviewer.ledger.transaction():
        reviewer.ledger.execute("insert into batches values (?, ?, ?, ?, ?, ?)", row)
        reviewer.ledger.execute_many(_ADD, rows)


def _open_batches(ledger: Ledger) -> list[tuple[str, str, str, str]]:
    query = "select batch_id, file_id, grader, rubric from batches where state = 'sent'"
    return [tuple(row) for row in ledger.execute(query).fetchall()]


async def _collect(
    reviewer: Reviewer,
    grader: OpenAIGrader,
    batch_id: str,
    file_id: str,
    read: Callable[[list[Due]], list[Material]],
) -> set[date]:
    TRIPS.set(Trips(most_bytes=_LARGEST_FILE))
    batch = await grader.client.batches.retrieve(batch_id)
    if batch.status not in _OVER:
        return set()
    answers: dict[str, Body] = {}
    if batch.output_file_id:
        content = await grader.client.files.content(batch.output_file_id)
        answers = _by_custom_id(content.text)
    days = _take_in(reviewer, grader, batch_id, answers, read)
    reviewer.ledger.execute("update batches set state = 'done' where batch_id = ?", (batch_id,))
    for file in (file_id, batch.output_file_id, batch.error_file_id):
        if file:
            with suppress(openai.OpenAIError):
                await grader.client.files.delete(file)
    return days


def _by_custom_id(text: str) -> dict[str, Body]:
    rows = map(body_of, text.splitlines())
    return {row["custom_id"]: row for row in rows if isinstance(row.get("custom_id"), str)}


def _take_in(
    reviewer: Reviewer,
    grader: OpenAIGrader,
    batch_id: str,
    answers: dict[str, Body],
    read: Callable[[list[Due]], list[Material]],
) -> set[date]:
    query = (
        "select custom_id, session_id, version, tutor_name, call_id from batch_requests "
        "where batch_id = ?"
    )
    said: dict[tuple[str, int], Graded | NotGraded] = {}
    wanted = []
    for custom_id, session, version, tutor, call in reviewer.ledger.execute(query, (batch_id,)):
        result = _read(answers.get(custom_id), grader)
        settle(reviewer.ledger, call, result.usage, getattr(result, "reason", "graded"))
        said[session, version] = result
        wanted.append(Due(session, version, tutor, True))
    changed = [
        reviewer.take(one, said[one.session_id, one.version], grader.name) for one in read(wanted)
    ]
    return set().union(*changed)


def _read(row: Body | None, grader: OpenAIGrader) -> Graded | NotGraded:
    response: Any = row.get("response") if row else None
    if not isinstance(response, dict) or not isinstance(response.get("body"), dict):
        return NotGraded("failed")  # not done in time, which costs nothing
    if response.get("status_code") != 200:
        return NotGraded(failure(response.get("status_code")))
    prices = replace(grader.prices, share=_HALF)
    return read_response(response["body"], prices, prices.most(0))
