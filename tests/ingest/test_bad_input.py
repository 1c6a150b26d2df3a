"""Every bad input: a 4xx problem that says what to do, no echo, nothing stored as a session."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import httpx
import orjson
import pytest

pytestmark = pytest.mark.asyncio
Make = Callable[..., Any]
URL = "/v1/sessions"
MARK = "PRIVATE-7f3a"
JSON = {"Content-Type": "application/json"}


def _assert_problem(answer: httpx.Response, status: int) -> None:
    content = answer.json()
    assert (answer.status_code, content["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert content["request_id"] == answer.headers["x-request-id"]
    assert content["title"] and content["detail"].endswith((".", "SCOPE", "ingest:write"))


WRONG_FIELDS: list[tuple[dict[str, Any], str, str]] = [
    ({"status": MARK}, "/status", "'scheduled', 'completed'"),
    ({"scheduled_start": "2026-11-22T16:00:00"}, "/scheduled_start", "-05:00"),
    ({"scheduled_start": MARK}, "/scheduled_start", "RFC 3339"),
    ({"scheduled_start": 1763845200}, "/scheduled_start", "RFC 3339"),
    ({"tutor_id": ...}, "/tutor_id", "add it"),
    ({"tutor_id": f"{MARK} x"}, "/tutor_id", "1 to 128"),
    ({"tutor_id": 5}, "/tutor_id", "quotes"),
    ({"student_rating": "5"}, "/student_rating", "without quotes"),
    ({"student_rating": 6}, "/student_rating", "at most 5"),
    ({"version": 0}, "/version", "at least 1"),
    ({"version": True}, "/version", "whole number"),
    ({"is_first_session": "yes"}, "/is_first_session", "true, false"),
    ({"time_zone": MARK}, "/time_zone", "IANA"),
    ({"scheduled_end": "2026-11-22T15:00:00-05:00"}, "", "before scheduled_start"),
    ({"cancellation": {"initiator": MARK}}, "/cancellation/initiator", "'tutor'"),
    ({"transcript": [{"speaker": "a"}]}, "/transcript/0/text", "add it"),
    ({"student_feedback": MARK * 2000}, "/student_feedback", "20000"),
    ({"subject": None, "reschedule": MARK}, "/reschedule", "object"),
]


@pytest.mark.parametrize(("changes", "pointer", "advice"), WRONG_FIELDS)
async def test_a_wrong_field_is_named_with_advice(
    ingest_client: httpx.AsyncClient,
    make_session: Make,
    changes: dict[str, Any],
    pointer: str,
    advice: str,
) -> None:
    answer = await ingest_client.post(URL, json=make_session(**changes))
    _assert_problem(answer, 422)
    errors = answer.json()["rejected"][0]["errors"]
    assert any(e["pointer"] == pointer and advice in e["detail"] for e in errors), errors
    assert MARK not in answer.text


HIDDEN_FAULTS = [
    (b'{"a":1,"a":"%b"}', "duplicate_key"),
    (b'{"a":{"b":1,"b":2},"c":"%b"}', "duplicate_key"),
    (b'{"a":NaN,"b":"%b"}', "not_a_number"),
    (b'{"a":-Infinity,"b":"%b"}', "not_a_number"),
    (b'{"a":1e999,"b":"%b"}', "number_too_large"),
    (b'{"a":18446744073709551616,"b":"%b"}', "number_too_large"),
    (b'{"a":' + b"9" * 5000 + b',"b":"%b"}', "number_too_large"),
    (b'{"a":"%b\\ud800"}', "lone_surrogate"),
    (b'{"%b\\udc00":1}', "lone_surrogate"),
    (b'{"a":"%b\\u0000"}', "nul_character"),
    (b'{"a":"%b\0"}', "nul_character"),
    (b'{"a":' * 33 + b'"%b"' + b"}" * 33, "too_deep"),
    (b'{"a":' * 50_000 + b'"%b"' + b"}" * 50_000, "too_deep"),
]


@pytest.mark.parametrize(("template", "code"), HIDDEN_FAULTS)
async def test_json_that_would_not_survive_is_named(
    ingest_client: httpx.AsyncClient, template: bytes, code: str
) -> None:
    body = template.replace(b"%b", MARK.encode())
    single = await ingest_client.post(URL, content=body, headers=JSON)
    array = await ingest_client.post(URL, content=b"[" + body + b"]", headers=JSON)
    _assert_problem(single, 422)
    assert single.json()["rejected"][0]["errors"][0]["code"] == code
    assert 400 <= array.status_code < 500
    assert MARK not in single.text + array.text


BROKEN = [
    b"",
    b"   ",
    b"[]",
    b'{"a":',
    b"[{}",
    b"[{},]",
    b"[{}] x",
    b"[{} {}]",
    b'{"a":1}{"b":2}',
    b"{'a':1}",
    b'\xef\xbb\xbf{"a":1}',
    b'{"a":"\xff"}',
    b'["\xff"]',
    b"[" * 100_000,
    b'{"a":01}',
    b"not json " + MARK.encode(),
]


@pytest.mark.parametrize("body", BROKEN)
async def test_a_broken_body_is_refused_whole(
    ingest_client: httpx.AsyncClient, body: bytes
) -> None:
    answer = await ingest_client.post(URL, content=body, headers=JSON)
    _assert_problem(answer, 400)
    assert MARK not in answer.text


@pytest.mark.parametrize("body", [b"1", b"null", b'"x"', b"[1]", b"[null, [], true]"])
async def test_what_is_no_object_is_refused(ingest_client: httpx.AsyncClient, body: bytes) -> None:
    answer = await ingest_client.post(URL, content=body, headers=JSON)
    _assert_problem(answer, 422)
    assert answer.json()["rejected"][0]["errors"][0]["code"] == "not_an_object"


async def test_two_objects_on_one_line_are_refused_together(
    ingest_client: httpx.AsyncClient, make_session: Make, ndjson: Make
) -> None:
    post = ndjson([make_session("a")])
    post["content"] += b" " + orjson.dumps(make_session("b"))
    answer = await ingest_client.post(URL, **post)
    _assert_problem(answer, 422)
    assert answer.json()["rejected"][0]["errors"][0]["code"] == "trailing_data"


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/csv"},
        {"Content-Type": ""},
        {"Content-Type": "application/json; charset=latin-1"},
        JSON | {"Content-Encoding": "br"},
    ],
)
async def test_a_type_or_encoding_not_read_here_is_refused(
    ingest_client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    _assert_problem(await ingest_client.post(URL, content=b"{}", headers=headers), 415)


@pytest.mark.parametrize("damage", [slice(0, -9), slice(3, None), slice(0, 0)])
async def test_damaged_gzip_is_refused(ingest_client: httpx.AsyncClient, damage: slice) -> None:
    body = gzip.compress(b'{"a":"some text"}')[damage]
    headers = JSON | {"Content-Encoding": "gzip"}
    _assert_problem(await ingest_client.post(URL, content=body, headers=headers), 400)


async def test_a_body_too_large_is_refused_before_and_after_inflating(
    ingest_client: httpx.AsyncClient,
) -> None:
    large = b" " * (8 * 2**20 + 1)
    packed = JSON | {"Content-Encoding": "gzip"}
    _assert_problem(await ingest_client.post(URL, content=large, headers=JSON), 413)
    bomb = gzip.compress(large)
    _assert_problem(await ingest_client.post(URL, content=bomb, headers=packed), 413)


async def test_a_body_that_grows_while_it_is_sent_is_refused(
    ingest_client: httpx.AsyncClient,
) -> None:
    async def chunks() -> Any:
        for _ in range(9):
            yield b" " * 2**20

    _assert_problem(await ingest_client.post(URL, content=chunks(), headers=JSON), 413)


@pytest.mark.parametrize("kind", ["application/json", "application/x-ndjson"])
async def test_too_many_records_are_refused(ingest_client: httpx.AsyncClient, kind: str) -> None:
    rows = [b"{}"] * 5001
    body = b"\n".join(rows) if "nd" in kind else b"[" + b",".join(rows) + b"]"
    answer = await ingest_client.post(URL, content=body, headers={"Content-Type": kind})
    _assert_problem(answer, 413)


async def test_no_token_a_bad_one_and_an_expired_one_are_401(
    ingest_client: httpx.AsyncClient, ingest_token: Make
) -> None:
    tokens = ["", "Basic eA==", "Bearer", f"Bearer {MARK}"]
    tokens.append(ingest_token("ingest:write", ago=3)["Authorization"])
    for token in tokens:
        answer = await ingest_client.post(URL, json={}, headers={"Authorization": token})
        _assert_problem(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer"
        assert MARK not in answer.text


async def test_a_token_without_the_scope_is_403(
    ingest_client: httpx.AsyncClient, ingest_token: Make
) -> None:
    for path in (URL, "/v1/tutors", "/v1/flag-actions"):
        headers = ingest_token("marts:read")
        _assert_problem(await ingest_client.post(path, json={}, headers=headers), 403)


async def test_unknown_paths_methods_and_flags_are_refused(
    ingest_client: httpx.AsyncClient,
) -> None:
    _assert_problem(await ingest_client.get(f"/v1/{MARK}"), 404)
    method = await ingest_client.get(URL)
    _assert_problem(method, 405)
    assert method.headers["allow"] == "POST"
    _assert_problem(await ingest_client.post(f"{URL}?dry_run={MARK}", json={}), 422)


async def test_nothing_bad_is_ever_drained(
    ingest_client: httpx.AsyncClient, make_session: Make, ndjson: Make
) -> None:
    rows = [make_session(**changes) for changes, _, _ in WRONG_FIELDS]
    answer = await ingest_client.post(URL, **ndjson([*rows, make_session("good")]))
    assert answer.json()["accepted"] == 1
    assert [row["index"] for row in answer.json()["rejected"]] == list(range(len(rows)))
    details = (await ingest_client.get("/readyz")).json()
    assert (details["accepted_seq"], details["quarantined"]) == (1, len(rows))


async def test_values_without_end_are_refused_before_they_cost_seconds(
    ingest_client: httpx.AsyncClient,
) -> None:
    body = b'{"session_id": "s-1", "wide": [' + b"1," * 1_000_000 + b"1]}"
    answer = await ingest_client.post(
        "/v1/sessions", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413
    assert "million values" in answer.json()["detail"]
